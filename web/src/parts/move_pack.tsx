// Moving a pack to another license server: to which, what ends here, and the file that carries it there; and the
// packs that went.
import {Button, Checkbox} from '@patternfly/react-core';
import {Table, Tbody, Td, Th, Thead, Tr} from '@patternfly/react-table';
import {useState} from 'react';
import type {Pack} from '../api';
import {usePerson} from '../console';
import {faultOf, printed} from '../ledger_id';
import {keepFile, type MovedPack, movePack, type MovePreview, previewMove, type Transfer} from '../moving';
import {number, t, tn, word} from '../texts';
import {date} from '../time';
import {Dialog} from './dialog';
import {Facts} from './facts';
import {ServerId} from './server_id';

// What ends with the pack, a line each; what is nothing is not said.
function ends(preview: MovePreview): string[] {
    const others = preview.packs.filter((each) => each !== preview.pack);
    return [
        preview.cals > 0 && tn('moving.ends_cals', preview.cals),
        preview.hosts > 0 && tn('moving.ends_hosts', preview.hosts),
        preview.installations > 0 && tn('moving.ends_installations', preview.installations),
        others.length > 0 && tn('moving.ends_packs', others.length, {packs: others.join(', ')}),
    ].filter((each) => each !== false);
}

function Next({transfer, close}: {transfer: Transfer; close: () => void}) {
    return (
        <Dialog key="next" title={t('moving.done_title', {file: transfer.file})} does={t('action.done')} told close={close} act={async () => undefined}>
            <ol className="calm-steps">
                <li>{t('moving.next_carry')}</li>
                <li>{t('moving.next_add', {to: transfer.to})}</li>
                <li>{t('moving.next_keep')}</li>
            </ol>
            <Button variant="link" isInline className="calm-gap" onClick={() => keepFile(transfer)}>
                {t('moving.again')}
            </Button>
        </Dialog>
    );
}

export function MovePack({pack, close, done}: {pack: Pack; close: () => void; done: () => unknown}) {
    const [typed, setTyped] = useState('');
    const [preview, setPreview] = useState<MovePreview>();
    const [sure, setSure] = useState(false);
    const [transfer, setTransfer] = useState<Transfer>();
    const title = t('moving.title', {pack: pack.pack});
    if (transfer) {
        return (
            <Next
                transfer={transfer}
                close={() => {
                    void done();
                    close();
                }}
            />
        );
    }
    if (!preview) {
        return (
            <Dialog
                key="where"
                title={title}
                lead={t('moving.lead')}
                does={t('moving.go_on')}
                ready={faultOf(typed) === undefined}
                act={async () => setPreview(await previewMove(pack.pack, printed(typed)))}
                close={() => undefined}
                cancel={close}
            >
                <ServerId id="move-to" label={t('moving.to')} help={t('moving.to_help')} value={typed} set={setTyped} autoFocus />
            </Dialog>
        );
    }
    const lines = ends(preview);
    return (
        <Dialog
            key="ends"
            danger
            title={title}
            does={t('moving.move')}
            ready={sure}
            act={async () => {
                const made = await movePack(pack.pack, preview.to);
                keepFile(made);
                setTransfer(made);
            }}
            close={() => undefined}
            cancel={close}
        >
            <Facts
                facts={[
                    [t('fact.product'), pack.product],
                    [t('fact.quantity'), tn('pool.cals', pack.quantity)],
                    [t('moving.to'), <span key="to" className="calm-fingerprint">{preview.to}</span>],
                ]}
            />
            <p className="calm-label calm-gap">{t('moving.ends')}</p>
            {lines.length === 0 && <p>{t('moving.ends_nothing')}</p>}
            {lines.length > 0 && (
                <ul className="calm-bullets">
                    {lines.map((each) => (
                        <li key={each}>{each}</li>
                    ))}
                </ul>
            )}
            <p className="calm-gap">{t('moving.no_way_back')}</p>
            <Checkbox id="move-sure" className="calm-gap" label={t('moving.sure')} isChecked={sure} onChange={(_, value) => setSure(value)} />
        </Dialog>
    );
}

export function Moved({moved}: {moved: MovedPack[]}) {
    const {may} = usePerson();
    const [asked, setAsked] = useState<MovedPack>();
    if (moved.length === 0) return null;
    return (
        <>
            <h2 className="calm-section" id="moved-title">
                {t('moving.moved')}
            </h2>
            <Table aria-labelledby="moved-title" variant="compact" gridBreakPoint="grid-lg">
                <Thead>
                    <Tr>
                        <Th>{t('fact.pack')}</Th>
                        <Th>{t('fact.product')}</Th>
                        <Th>{t('fact.kind')}</Th>
                        <Th>{t('fact.quantity')}</Th>
                        <Th>{t('moving.to')}</Th>
                        <Th>{t('moving.at')}</Th>
                        {may('license') && <Th screenReaderText={t('fact.actions')} />}
                    </Tr>
                </Thead>
                <Tbody>
                    {moved.map((each) => (
                        <Tr key={each.pack}>
                            <Td dataLabel={t('fact.pack')}>{each.pack}</Td>
                            <Td dataLabel={t('fact.product')} modifier="breakWord">
                                {each.product}
                            </Td>
                            <Td dataLabel={t('fact.kind')}>{word('kind', each.kind)}</Td>
                            <Td dataLabel={t('fact.quantity')}>{number(each.quantity)}</Td>
                            <Td dataLabel={t('moving.to')}>
                                <span className="calm-fingerprint">{each.to}</span>
                            </Td>
                            <Td dataLabel={t('moving.at')}>{date(each.at)}</Td>
                            {may('license') && (
                                <Td dataLabel={t('fact.actions')}>
                                    <Button variant="link" isInline aria-label={t('moving.again_of', {pack: each.pack})} onClick={() => setAsked(each)}>
                                        {t('moving.again')}
                                    </Button>
                                </Td>
                            )}
                        </Tr>
                    ))}
                </Tbody>
            </Table>
            {asked && <Again of={asked} close={() => setAsked(undefined)} />}
        </>
    );
}

// The license server makes the file anew: it may say no, which the dialog shows.
function Again({of, close}: {of: MovedPack; close: () => void}) {
    return (
        <Dialog title={t('moving.again_title', {pack: of.pack})} does={t('moving.again')} close={close} act={async () => keepFile(await movePack(of.pack, of.to))}>
            <p>{t('moving.next_add', {to: of.to})}</p>
        </Dialog>
    );
}
