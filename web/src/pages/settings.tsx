// Settings: accounts and their roles, the rules of the whole ledger, how the console looks.
import {Button, Card, CardBody, CardHeader, CardTitle, FormGroup, FormHelperText, FormSelect, FormSelectOption, Grid, GridItem, HelperText, HelperTextItem, NumberInput, PageSection, Radio, TextInput} from '@patternfly/react-core';
import {Table, Tbody, Td, Th, Thead, Tr} from '@patternfly/react-table';
import {type ReactNode, useState} from 'react';
import {type Account, ask, change, post, Problem, remove, type Settings} from '../api';
import {useChooseLanguage, usePerson} from '../console';
import {useData} from '../data';
import {Dialog} from '../parts/dialog';
import {type Role, RoleChoice} from '../parts/role_choice';
import {RowActions} from '../parts/row_actions';
import {Typed} from '../parts/facts';
import {SecondStep} from '../parts/second_step';
import {PageHead} from '../parts/shell';
import {Loading, ProblemNotice} from '../parts/states';
import {Link, manualAddress} from '../router';
import {language, t, word} from '../texts';
import {chooseTheme, type Theme, wantedTheme} from '../theme';
import {date} from '../time';

const modes = ['per_user', 'per_device', 'either', 'not_configured'] as const;

function AddAccount({close, done}: {close: () => void; done: () => unknown}) {
    const [account, setAccount] = useState('');
    const [password, setPassword] = useState('');
    const [role, setRole] = useState<Role>('viewer');
    return (
        <Dialog
            title={t('settings.add_account')}
            does={t('settings.add_account')}
            ready={account.trim() !== '' && password.length >= 12}
            close={close}
            act={async () => {
                await post('/v1/accounts', {account: account.trim(), role, password});
                await done();
            }}
        >
            <FormGroup label={t('sign_in.account')} isRequired fieldId="new-account">
                <TextInput id="new-account" autoComplete="off" spellCheck="false" isRequired value={account} onChange={(_, value) => setAccount(value)} />
            </FormGroup>
            <FormGroup label={t('sign_in.password')} isRequired fieldId="new-password" className="calm-gap">
                <TextInput id="new-password" type="password" autoComplete="new-password" isRequired value={password} onChange={(_, value) => setPassword(value)} aria-describedby="new-password-help" />
                <FormHelperText>
                    <HelperText id="new-password-help">
                        <HelperTextItem>{t('settings.password_help')}</HelperTextItem>
                    </HelperText>
                </FormHelperText>
            </FormGroup>
            <RoleChoice value={role} choose={setRole} />
        </Dialog>
    );
}

function ChangeRole({of, close, done}: {of: Account; close: () => void; done: () => unknown}) {
    const [role, setRole] = useState<Role>(of.role);
    return (
        <Dialog
            title={t('settings.role_title', {account: of.account})}
            lead={t('settings.role_lead')}
            does={t('settings.role_change')}
            ready={role !== of.role}
            close={close}
            act={async () => {
                await ask(`/v1/accounts/${encodeURIComponent(of.account)}/role`, {method: 'PUT', json: {role}});
                await done();
            }}
        >
            <RoleChoice value={role} choose={setRole} />
        </Dialog>
    );
}

function roleOf({role, role_changed_at: at, role_changed_by: by}: Account): ReactNode {
    if (at === undefined) return word('role', role);
    return (
        <>
            {word('role', role)}
            <div className="calm-quiet">{by === undefined ? t('settings.role_since_machine', {date: date(at)}) : t('settings.role_since', {date: date(at), account: by})}</div>
        </>
    );
}

function factorOf(account: Account): string {
    const {second_factor: on, second_factor_removed_at: at, second_factor_removed_by: by} = account;
    if (on) return t('settings.factor_on');
    if (at === undefined) return t('settings.factor_off');
    return by === undefined ? t('settings.factor_removed_machine', {date: date(at)}) : t('settings.factor_removed', {date: date(at), account: by});
}

function Accounts() {
    const {session} = usePerson();
    const {data, problem, reload} = useData<{accounts: Account[]}>('/v1/accounts', 0);
    const [adding, setAdding] = useState(false);
    const [removing, setRemoving] = useState<Account>();
    const [helping, setHelping] = useState<Account>();
    const [changing, setChanging] = useState<Account>();
    return (
        <Card>
            <CardHeader actions={{actions: <Button variant="secondary" onClick={() => setAdding(true)}>{t('settings.add_account')}</Button>, hasNoOffset: true}}>
                <CardTitle component="h2" id="accounts-title">
                    {t('settings.accounts')}
                </CardTitle>
            </CardHeader>
            <CardBody>
                {!data && (problem ? <ProblemNotice problem={problem} retry={reload} /> : <Loading />)}
                {data && (
                    <Table aria-labelledby="accounts-title" variant="compact" gridBreakPoint="grid-md">
                        <Thead>
                            <Tr>
                                <Th>{t('sign_in.account')}</Th>
                                <Th>{t('settings.role')}</Th>
                                <Th>{t('settings.factor')}</Th>
                                <Th>{t('settings.created')}</Th>
                                <Th screenReaderText={t('fact.actions')} />
                            </Tr>
                        </Thead>
                        <Tbody>
                            {data.accounts.map((each) => (
                                <Tr key={each.account}>
                                    <Td dataLabel={t('sign_in.account')} modifier="breakWord">
                                        {each.account}
                                    </Td>
                                    <Td dataLabel={t('settings.role')}>{roleOf(each)}</Td>
                                    <Td dataLabel={t('settings.factor')}>{factorOf(each)}</Td>
                                    <Td dataLabel={t('settings.created')}>{date(each.created_at)}</Td>
                                    <Td isActionCell>
                                        <RowActions
                                            label={t('settings.account_actions', {account: each.account})}
                                            actions={[
                                                {title: t('settings.role_change'), disabled: each.account === session.account, act: () => setChanging(each)},
                                                {title: t('settings.factor_remove'), disabled: !each.second_factor || each.account === session.account, act: () => setHelping(each)},
                                                {title: t('action.remove'), disabled: each.account === session.account, act: () => setRemoving(each)},
                                            ]}
                                        />
                                    </Td>
                                </Tr>
                            ))}
                        </Tbody>
                    </Table>
                )}
            </CardBody>
            {adding && <AddAccount close={() => setAdding(false)} done={reload} />}
            {changing && <ChangeRole of={changing} close={() => setChanging(undefined)} done={reload} />}
            {helping && (
                <Dialog
                    danger
                    title={t('settings.factor_remove_title', {account: helping.account})}
                    does={t('settings.second_step_turn_off')}
                    close={() => setHelping(undefined)}
                    act={async () => {
                        await remove(`/v1/accounts/${encodeURIComponent(helping.account)}/second-factor`);
                        await reload();
                    }}
                >
                    <p>{t('settings.factor_remove_body')}</p>
                </Dialog>
            )}
            {removing && (
                <Dialog
                    danger
                    title={t('settings.remove_account', {account: removing.account})}
                    does={t('action.remove')}
                    close={() => setRemoving(undefined)}
                    act={async () => {
                        await remove(`/v1/accounts/${encodeURIComponent(removing.account)}`);
                        await reload();
                    }}
                >
                    <p>{t('settings.remove_account_body')}</p>
                </Dialog>
            )}
        </Card>
    );
}

function LedgerSettings() {
    const {may} = usePerson();
    const {data, problem, reload} = useData<Settings>('/v1/settings', 0);
    const [edited, setEdited] = useState<Settings>();
    const [state, setState] = useState<'busy' | 'saved' | Problem>();
    const shown = edited ?? data;
    const set = (part: Partial<Settings>) => {
        setState(undefined);
        setEdited({...shown, ...part});
    };
    const save = async () => {
        setState('busy');
        try {
            await change('/v1/settings', shown);
            await reload();
            setEdited(undefined);
            setState('saved');
        } catch (error) {
            setState(error instanceof Problem ? error : new Problem('unreadable', String(error), '', 0));
        }
    };
    const length = (name: 'initial_grace_days' | 'offline_days_max' | 'restore_hours_max' | 'quarantine_days', max: number, unit: string) => {
        const size = (value: number) => set({[name]: Math.max(0, Math.min(max, Math.round(value) || 0))});
        const value = shown?.[name] ?? 0;
        return (
            <FormGroup label={word('settings', name)} fieldId={name} className="calm-gap">
                <NumberInput
                    id={name}
                    value={value}
                    min={0}
                    max={max}
                    unit={unit}
                    isDisabled={!may('license')}
                    inputAriaLabel={word('settings', name)}
                    minusBtnAriaLabel={t('add.fewer')}
                    plusBtnAriaLabel={t('add.more')}
                    onMinus={() => size(value - 1)}
                    onPlus={() => size(value + 1)}
                    onChange={(event) => size(Number((event.target as HTMLInputElement).value))}
                />
                <FormHelperText>
                    <HelperText>
                        <HelperTextItem>{word('settings_help', name)}</HelperTextItem>
                    </HelperText>
                </FormHelperText>
            </FormGroup>
        );
    };
    return (
        <Card isFullHeight>
            <CardHeader>
                <CardTitle component="h2">{t('settings.ledger')}</CardTitle>
            </CardHeader>
            <CardBody>
                {!shown && (problem ? <ProblemNotice problem={problem} retry={reload} /> : <Loading />)}
                {shown && (
                    <>
                        <FormGroup label={t('settings.default_mode')} fieldId="default-mode">
                            <FormSelect id="default-mode" value={shown.default_mode} isDisabled={!may('license')} onChange={(_, value) => set({default_mode: value as 'either'})}>
                                {modes.map((each) => (
                                    <FormSelectOption key={each} value={each} label={word('mode', each)} />
                                ))}
                            </FormSelect>
                        </FormGroup>
                        {length('initial_grace_days', 3650, t('time.days_unit'))}
                        {length('offline_days_max', 3650, t('time.days_unit'))}
                        {length('restore_hours_max', 720, t('time.hours_unit'))}
                        {length('quarantine_days', 90, t('time.days_unit'))}
                        {state instanceof Problem && <ProblemNotice problem={state} />}
                        {may('license') && (
                            <div className="calm-buttons">
                                <Button isDisabled={edited === undefined || state === 'busy'} isLoading={state === 'busy'} onClick={() => void save()}>
                                    {t('action.save')}
                                </Button>
                                <span role="status" className="calm-quiet">
                                    {state === 'saved' ? t('settings.saved') : ''}
                                </span>
                            </div>
                        )}
                    </>
                )}
            </CardBody>
        </Card>
    );
}

function Appearance() {
    const choose = useChooseLanguage();
    const [theme, setTheme] = useState<Theme>(wantedTheme());
    return (
        <Card isFullHeight>
            <CardHeader>
                <CardTitle component="h2">{t('settings.appearance')}</CardTitle>
            </CardHeader>
            <CardBody>
                <div role="radiogroup" aria-label={t('settings.language')} className="calm-radios">
                    <div className="calm-label">{t('settings.language')}</div>
                    <Radio id="language-en" name="language" label={<span lang="en">English</span>} isChecked={language() === 'en'} onChange={() => choose('en')} />
                    <Radio id="language-fr" name="language" label={<span lang="fr">Français</span>} isChecked={language() === 'fr'} onChange={() => choose('fr')} />
                </div>
                <div role="radiogroup" aria-label={t('settings.theme')} className="calm-radios calm-gap">
                    <div className="calm-label">{t('settings.theme')}</div>
                    {(['system', 'light', 'dark'] as const).map((each) => (
                        <Radio
                            key={each}
                            id={`theme-${each}`}
                            name="theme"
                            label={word('theme', each)}
                            isChecked={theme === each}
                            onChange={() => {
                                chooseTheme(each);
                                setTheme(each);
                            }}
                        />
                    ))}
                </div>
            </CardBody>
        </Card>
    );
}

// Mail and webhooks are the machine's: what could be set from here, whoever takes over an account could set as well.
function Telling() {
    return (
        <Card isFullHeight>
            <CardHeader>
                <CardTitle component="h2">{t('settings.telling')}</CardTitle>
            </CardHeader>
            <CardBody>
                <p>{t('settings.telling_body')}</p>
                <p className="calm-links calm-gap">
                    <Link to="/console/alerts">{t('settings.telling_test')}</Link>
                    <Link to={manualAddress('operating/alerts')}>{t('help.title')}</Link>
                </p>
            </CardBody>
        </Card>
    );
}

function Backup() {
    return (
        <Card isFullHeight>
            <CardHeader>
                <CardTitle component="h2">{t('settings.backup')}</CardTitle>
            </CardHeader>
            <CardBody>
                <p>{t('settings.backup_body')}</p>
                <p className="calm-gap">
                    <a href="/v1/backup" download={`calm-backup-${new Date().toISOString().slice(0, 10)}.db`}>
                        {t('settings.backup_download')}
                    </a>
                </p>
                <p className="calm-quiet calm-gap">
                    <Typed text={t('settings.backup_last')} />
                </p>
            </CardBody>
        </Card>
    );
}

export function SettingsPage() {
    const {may} = usePerson();
    return (
        <>
            <PageHead title={t('settings.title')} lead={t('settings.lead')} learn="operating/accounts" />
            <PageSection>
                <Grid hasGutter>
                    <GridItem span={12} lg={7}>
                        <LedgerSettings />
                    </GridItem>
                    <GridItem span={12} lg={5}>
                        <Appearance />
                    </GridItem>
                    <GridItem span={12}>
                        <SecondStep />
                    </GridItem>
                    {may('own') && (
                        <>
                            <GridItem span={12}>
                                <Accounts />
                            </GridItem>
                            <GridItem span={12} lg={6}>
                                <Telling />
                            </GridItem>
                            <GridItem span={12} lg={6}>
                                <Backup />
                            </GridItem>
                        </>
                    )}
                </Grid>
            </PageSection>
        </>
    );
}
