// Whose the seats of a pack are: kept for a group, or counted at one host.
import {FormGroup, FormHelperText, FormSelect, FormSelectOption, HelperText, HelperTextItem, NumberInput} from '@patternfly/react-core';
import {useState} from 'react';
import {ask, type Group, type Host, type Pack} from '../api';
import {useData} from '../data';
import {Link} from '../router';
import {t, tn} from '../texts';
import {Dialog} from './dialog';
import {ProblemNotice} from './states';

const usualSeats = 1;

// Together no more can be kept than the pack has.
const mostFor = (pack: Pack, group: string) => pack.quantity - (pack.reserved ?? []).reduce((sum, each) => (each.group === group ? sum : sum + each.seats), 0);

interface KeepProps {
    packs: Pack[]; // to choose from; one: it is that one
    group?: string; // else it is asked for
    close: () => void;
    done: (told: string) => unknown;
}

export function KeepSeats({packs, group: given, close, done}: KeepProps) {
    const groups = useData<{groups: Group[]}>(given === undefined ? '/v1/groups' : undefined, 0);
    const [id, setId] = useState(packs[0]?.pack ?? 0);
    const [chosen, setChosen] = useState<string>();
    const [changed, setChanged] = useState<number>();
    const pack = packs.find((each) => each.pack === id);
    // A group that its last member has left may still have seats.
    const codes = [...new Set([...(groups.data?.groups ?? []), ...(pack?.reserved ?? [])].map((each) => each.group))].sort();
    const group = given ?? chosen ?? codes[0] ?? '';
    const kept = pack?.reserved?.find((each) => each.group === group);
    const most = pack ? mostFor(pack, group) : 0;
    const seats = Math.min(changed ?? kept?.seats ?? usualSeats, most);
    const size = (value: number) => setChanged(Math.max(0, Math.min(most, Math.round(value) || 0)));
    return (
        <Dialog
            title={given === undefined ? t('groups.keep_of', {pack: id}) : t('groups.keep_for', {group: given})}
            lead={t('groups.keep_lead')}
            does={t('action.save')}
            ready={pack !== undefined && group !== ''}
            close={close}
            act={async () => {
                await ask(`/v1/packs/${id}/reservations`, {method: 'PUT', json: {group, seats}});
                await done(seats === 0 ? t('groups.kept_none', {pack: id, group}) : tn('groups.kept', seats, {pack: id, group}));
            }}
        >
            {given !== undefined && (
                <FormGroup label={t('fact.pack')} fieldId="keep-pack" isRequired>
                    <FormSelect
                        id="keep-pack"
                        value={String(id)}
                        onChange={(_, value) => {
                            setId(Number(value));
                            setChanged(undefined);
                        }}
                    >
                        {packs.map((each) => (
                            <FormSelectOption key={each.pack} value={String(each.pack)} label={t('groups.pack_option', {pack: each.pack, product: each.product, cals: tn('pool.cals', each.quantity)})} />
                        ))}
                    </FormSelect>
                </FormGroup>
            )}
            {given === undefined && groups.problem && <ProblemNotice problem={groups.problem} retry={groups.reload} />}
            {given === undefined && groups.data && codes.length === 0 && (
                <p>
                    {t('groups.none_to_choose')} <Link to="/console/groups">{t('groups.title')}</Link>
                </p>
            )}
            {given === undefined && codes.length > 0 && (
                <FormGroup label={t('groups.group')} fieldId="keep-group" isRequired>
                    <FormSelect
                        id="keep-group"
                        value={group}
                        onChange={(_, value) => {
                            setChosen(value);
                            setChanged(undefined);
                        }}
                    >
                        {codes.map((each) => (
                            <FormSelectOption key={each} value={each} label={each} />
                        ))}
                    </FormSelect>
                </FormGroup>
            )}
            <FormGroup label={t('groups.seats')} fieldId="keep-seats" className="calm-gap">
                <NumberInput
                    id="keep-seats"
                    value={seats}
                    min={0}
                    max={most}
                    inputAriaLabel={t('groups.seats')}
                    minusBtnAriaLabel={t('add.fewer')}
                    plusBtnAriaLabel={t('add.more')}
                    onMinus={() => size(seats - 1)}
                    onPlus={() => size(seats + 1)}
                    onChange={(event) => size(Number((event.target as HTMLInputElement).value))}
                />
                <FormHelperText>
                    <HelperText>
                        <HelperTextItem>{tn('groups.at_most', most)}</HelperTextItem>
                    </HelperText>
                </FormHelperText>
            </FormGroup>
        </Dialog>
    );
}

// A per-server pack counts at the one host that it is given to.
export function GiveToHost({pack, close, done}: {pack: Pack; close: () => void; done: (told: string) => unknown}) {
    const hosts = useData<{hosts: Host[]}>('/v1/hosts', 0);
    const [chosen, setChosen] = useState(pack.host === undefined ? '' : String(pack.host));
    const known = hosts.data?.hosts ?? [];
    const name = known.find((each) => String(each.host) === chosen)?.name ?? chosen;
    return (
        <Dialog
            title={t('give.title', {pack: pack.pack})}
            lead={t('give.lead')}
            does={t('action.save')}
            ready={hosts.data !== undefined && chosen !== (pack.host === undefined ? '' : String(pack.host))}
            close={close}
            act={async () => {
                await ask(`/v1/packs/${pack.pack}/host`, {method: 'PUT', json: chosen === '' ? {} : {host: chosen}});
                await done(chosen === '' ? t('give.to_none', {pack: pack.pack}) : t('give.given', {pack: pack.pack, host: name}));
            }}
        >
            <FormGroup label={t('fact.host')} fieldId="give-host">
                <FormSelect id="give-host" value={chosen} onChange={(_, value) => setChosen(value)}>
                    <FormSelectOption value="" label={t('give.none')} />
                    {known.map((each) => (
                        <FormSelectOption key={each.host} value={String(each.host)} label={each.name} />
                    ))}
                </FormSelect>
            </FormGroup>
            {pack.used > 0 && <p className="calm-gap">{tn('give.in_use', pack.used)}</p>}
        </Dialog>
    );
}
