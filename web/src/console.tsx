// Who is signed in decides what is shown: the first run, the sign-in, or the pages.
import {createContext, useCallback, useContext, useEffect, useState} from 'react';
import {onForbidden, onSignedOut, Problem, session as readSession, type Session, signOut} from './api';
import {forgetData} from './data';
import {type Language, language, useLanguage} from './texts';
import {FirstRun, SignIn} from './pages/sign_in';
import {Loading, ProblemNotice} from './parts/states';
import {Shell} from './parts/shell';

interface Person {
    session: Session;
    may: (right: string) => boolean;
    leave: () => Promise<void>;
}

const PersonContext = createContext<Person | undefined>(undefined);
const LanguageContext = createContext<(wanted: Language) => void>(() => undefined);

export function usePerson(): Person {
    const person = useContext(PersonContext);
    if (person === undefined) throw new Error('used outside of a session');
    return person;
}

export const useChooseLanguage = () => useContext(LanguageContext);

const roleMs = 30_000;

type State = {at: 'start'} | {at: 'out'; ended: boolean} | {at: 'empty'} | {at: 'problem'; problem: Problem} | {at: 'in'; session: Session};

export function Console() {
    const [state, setState] = useState<State>({at: 'start'});
    const [shown, setShown] = useState<Language>(language());

    const begin = useCallback(async () => {
        try {
            setState({at: 'in', session: await readSession()});
        } catch (error) {
            const problem = error instanceof Problem ? error : new Problem('unreadable', String(error), '', 0);
            if (problem.code === 'not_signed_in') setState({at: 'out', ended: false});
            else if (problem.code === 'no_account_yet') setState({at: 'empty'});
            else setState({at: 'problem', problem});
        }
    }, []);

    // What somebody may is what the license server says now: an owner may have changed the role.
    const again = useCallback(async () => {
        if (document.hidden) return;
        const found = await readSession({background: true}).catch(() => undefined);
        if (found) setState((now) => (now.at === 'in' && now.session.role !== found.role ? {at: 'in', session: found} : now));
    }, []);

    useEffect(() => {
        onSignedOut(() => {
            forgetData();
            setState({at: 'out', ended: true});
        });
        onForbidden(() => void again());
        void begin();
        const timer = setInterval(() => void again(), roleMs);
        return () => clearInterval(timer);
    }, [begin, again]);

    const choose = useCallback((wanted: Language) => {
        localStorage.setItem('calm.language', wanted);
        void useLanguage(wanted).then(() => {
            forgetData(); // problems and sentences in it are in the other language
            setShown(wanted);
        });
    }, []);

    const page = () => {
        switch (state.at) {
            case 'start':
                return <Loading />;
            case 'out':
                return <SignIn ended={state.ended} whenIn={(session) => setState({at: 'in', session})} />;
            case 'empty':
                return <FirstRun retry={begin} />;
            case 'problem':
                return <ProblemNotice problem={state.problem} retry={begin} />;
            case 'in': {
                const {session} = state;
                const leave = async () => {
                    await signOut();
                    forgetData();
                    setState({at: 'out', ended: false});
                };
                return (
                    <PersonContext.Provider value={{session, may: (right) => (session.rights as string[]).includes(right), leave}}>
                        <Shell />
                    </PersonContext.Provider>
                );
            }
        }
    };
    return (
        <LanguageContext.Provider value={choose}>
            <div key={shown} className="calm-root">
                {page()}
            </div>
        </LanguageContext.Provider>
    );
}
