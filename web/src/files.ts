// Text that goes into a file here, as every download does.
export function saveFile(name: string, ...text: string[]): void {
    const link = document.createElement('a');
    link.href = URL.createObjectURL(new Blob(text, {type: 'text/plain'}));
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
