// Something to carry over with a camera: a QR code, drawn as one path.
import qrcode from 'qrcode-generator';

const margin = 4; // modules that stay white, as the standard wants

function path(text: string): {size: number; d: string} {
    const code = qrcode(0, 'M');
    code.addData(text);
    code.make();
    const count = code.getModuleCount();
    let d = '';
    for (let y = 0; y < count; ++y) for (let x = 0; x < count; ++x) if (code.isDark(y, x)) d += `M${x + margin} ${y + margin}h1v1h-1z`;
    return {size: count + 2 * margin, d};
}

// Black on white in both themes: not every camera reads the other way round.
export default function Qr({text, label, large = false}: {text: string; label: string; large?: boolean}) {
    const {size, d} = path(text);
    return (
        <svg className={large ? 'calm-qr calm-qr-large' : 'calm-qr'} role="img" aria-label={label} viewBox={`0 0 ${size} ${size}`} shapeRendering="crispEdges">
            <rect width={size} height={size} className="calm-qr-light" />
            <path d={d} className="calm-qr-dark" />
        </svg>
    );
}
