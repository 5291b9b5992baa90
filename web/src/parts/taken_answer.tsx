// What came of a clearinghouse's answer: the certificate, the packs that came, went on or were taken back, and what
// was refused, each with its reason.
import {Alert} from '@patternfly/react-core';
import type {TakenAnswer} from '../api';
import {Link} from '../router';
import {t, tn, word} from '../texts';
import {date} from '../time';

const listed = (packs: number[]) => packs.join(', ');

function lines({activated_until: until, packs, renewed, revoked}: TakenAnswer): string[] {
    return [
        until !== undefined && t('activation.taken.until', {until: date(until)}),
        packs.length > 0 && tn('activation.taken.packs', packs.length, {packs: listed(packs)}),
        renewed.length > 0 && tn('activation.taken.renewed', renewed.length, {packs: listed(renewed)}),
        revoked.length > 0 && tn('activation.taken.revoked', revoked.length, {packs: listed(revoked)}),
    ].filter((each) => each !== false);
}

function Refused({refused}: {refused: TakenAnswer['refused']}) {
    if (refused.length === 0) return null;
    return (
        <Alert component="p" variant="warning" isInline className="calm-gap" title={tn('activation.taken.refused', refused.length)}>
            <ul className="calm-bullets">
                {refused.map((each, index) => (
                    <li key={index}>
                        {word('activation.taken.what', each.what)}
                        {': '}
                        {each.title}. <span lang="en">{each.detail}</span>{' '}
                        <a href={`/problems/${each.code}`} target="_blank" rel="noopener">
                            {t('action.what_to_do')}
                        </a>
                    </li>
                ))}
            </ul>
        </Alert>
    );
}

export function Taken({taken, title}: {taken: TakenAnswer; title: string}) {
    const said = lines(taken);
    return (
        <>
            <Alert component="p" variant={said.length === 0 && taken.refused.length === 0 ? 'info' : 'success'} isInline title={title}>
                {said.length === 0 && <p>{t('activation.taken.nothing')}</p>}
                {said.length > 0 && (
                    <ul className="calm-bullets">
                        {said.map((each) => (
                            <li key={each}>{each}</li>
                        ))}
                    </ul>
                )}
                {taken.packs.length + taken.renewed.length + taken.revoked.length > 0 && <Link to="/console/licenses">{t('add.see_licenses')}</Link>}
            </Alert>
            <Refused refused={taken.refused} />
        </>
    );
}
