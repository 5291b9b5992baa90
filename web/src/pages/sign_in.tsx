// Signing in, and what to do on a server that nobody has an account on yet.
import {Alert, Brand, Button, Card, CardBody, CodeBlock, CodeBlockCode, Content, Form, FormGroup, TextInput, Title} from '@patternfly/react-core';
import {type FormEvent, type ReactNode, useEffect, useState} from 'react';
import {asProblem, type Problem, type Session, signIn} from '../api';
import mark from '../mark.svg';
import {LanguageAndTheme} from '../parts/shell';
import {ProblemNotice} from '../parts/states';
import {t} from '../texts';

function Door({title, children}: {title: string; children: ReactNode}) {
    useEffect(() => {
        document.title = `${title} – CALM`;
    }, [title]);
    return (
        <div className="calm-door">
            <header className="calm-door-top">
                <LanguageAndTheme />
            </header>
            <main className="calm-door-main" id="main">
                <Card className="calm-door-card">
                    <CardBody>
                        <div className="calm-door-brand">
                            <Brand src={mark} alt="" heights={{default: '40px'}} />
                            <div>
                                <div className="calm-door-name">CALM</div>
                                <div className="calm-quiet">{t('shell.product')}</div>
                            </div>
                        </div>
                        <Title headingLevel="h1" size="xl">
                            {title}
                        </Title>
                        {children}
                    </CardBody>
                </Card>
            </main>
        </div>
    );
}

// Only who has shown the password is asked for the code; the account that needs one tells so.
export function SignIn({ended, whenIn}: {ended: boolean; whenIn: (session: Session) => void}) {
    const [account, setAccount] = useState('');
    const [password, setPassword] = useState('');
    const [code, setCode] = useState<string>();
    const [busy, setBusy] = useState(false);
    const [problem, setProblem] = useState<Problem>();
    const second = code !== undefined;

    const submit = async (event: FormEvent) => {
        event.preventDefault();
        if (!account || !password || code === '' || busy) return;
        setBusy(true);
        setProblem(undefined);
        try {
            whenIn(await signIn(account.trim(), password, code?.trim()));
        } catch (caught) {
            const error = asProblem(caught);
            setBusy(false);
            if (error.code === 'code_needed') return setCode('');
            setProblem(error);
            if (second) setCode('');
            else setPassword('');
            document.getElementById(second ? 'code' : 'password')?.focus();
        }
    };
    const back = () => {
        setCode(undefined);
        setPassword('');
        setProblem(undefined);
    };

    return (
        <Door title={t('sign_in.title')}>
            {ended && !problem && !second && <Alert component="p" variant="info" isInline title={t('sign_in.ended')} />}
            {problem && <ProblemNotice problem={problem} />}
            <Form onSubmit={(event) => void submit(event)} className="calm-door-form">
                {second ? (
                    <FormGroup label={t('sign_in.code')} isRequired fieldId="code">
                        <p id="code-lead">{t('sign_in.code_lead', {account: account.trim()})}</p>
                        <TextInput id="code" key="code" autoComplete="one-time-code" autoCapitalize="none" spellCheck="false" isRequired autoFocus aria-describedby="code-lead code-help" value={code} onChange={(_, value) => setCode(value)} />
                        <p id="code-help" className="calm-quiet">
                            {t('sign_in.code_help')}
                        </p>
                    </FormGroup>
                ) : (
                    <>
                        <FormGroup label={t('sign_in.account')} isRequired fieldId="account">
                            <TextInput id="account" name="username" autoComplete="username" autoCapitalize="none" spellCheck="false" isRequired autoFocus value={account} onChange={(_, value) => setAccount(value)} />
                        </FormGroup>
                        <FormGroup label={t('sign_in.password')} isRequired fieldId="password">
                            <TextInput id="password" type="password" name="password" autoComplete="current-password" isRequired value={password} onChange={(_, value) => setPassword(value)} />
                        </FormGroup>
                    </>
                )}
                <Button type="submit" variant="primary" isBlock isLoading={busy} isDisabled={busy}>
                    {t('action.sign_in')}
                </Button>
                {second && (
                    <Button variant="link" isBlock onClick={back}>
                        {t('sign_in.back')}
                    </Button>
                )}
            </Form>
        </Door>
    );
}

export function FirstRun({retry}: {retry: () => unknown}) {
    return (
        <Door title={t('first_run.title')}>
            <Content component="p">{t('first_run.body')}</Content>
            <CodeBlock className="calm-door-code">
                <CodeBlockCode>sudo calm init</CodeBlockCode>
            </CodeBlock>
            <Content component="p">{t('first_run.then')}</Content>
            <Button variant="primary" isBlock onClick={() => void retry()}>
                {t('first_run.done')}
            </Button>
        </Door>
    );
}
