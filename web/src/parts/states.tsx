// What a page shows when it has nothing to show: not yet, not at all, or not any more.
import {Alert, AlertActionLink, Bullseye, Button, EmptyState, EmptyStateActions, EmptyStateBody, EmptyStateFooter, Skeleton, Stack, StackItem} from '@patternfly/react-core';
import type {ComponentType, ReactNode} from 'react';
import type {Problem} from '../api';
import {t} from '../texts';

export function Loading({rows = 4}: {rows?: number}) {
    return (
        <Stack hasGutter aria-busy="true">
            {Array.from({length: rows}, (_, index) => (
                <StackItem key={index}>
                    <Skeleton height="2.5rem" screenreaderText={index === 0 ? t('state.loading') : undefined} />
                </StackItem>
            ))}
        </Stack>
    );
}

// What is known of a problem, with the page that says what to do.
export function ProblemNotice({problem, retry, title}: {problem: Problem; retry?: () => unknown; title?: string}) {
    const silent = problem.code === 'no_answer';
    return (
        <Alert component="p"
            variant="danger"
            isInline
            title={title ?? (silent ? t('problem.no_answer') : problem.title)}
            actionLinks={
                <>
                    {retry && <AlertActionLink onClick={() => void retry()}>{t('action.try_again')}</AlertActionLink>}
                    {!silent && problem.code !== 'unreadable' && (
                        <AlertActionLink component="a" href={`/problems/${problem.code}`} target="_blank" rel="noopener">
                            {t('action.what_to_do')}
                        </AlertActionLink>
                    )}
                </>
            }
        >
            {title && !silent ? <p>{problem.title}</p> : null}
            <p>{silent ? t('problem.no_answer_body') : problem.detail}</p>
        </Alert>
    );
}

export function Nothing({icon, title, body, actions}: {icon?: ComponentType; title: string; body?: ReactNode; actions?: ReactNode}) {
    return (
        <Bullseye>
            <EmptyState headingLevel="h2" icon={icon} titleText={title} variant="sm">
                {body && <EmptyStateBody>{body}</EmptyStateBody>}
                {actions && (
                    <EmptyStateFooter>
                        <EmptyStateActions>{actions}</EmptyStateActions>
                    </EmptyStateFooter>
                )}
            </EmptyState>
        </Bullseye>
    );
}

// Old numbers stay on the screen while the server is silent, and say so.
export function Stale({problem, retry}: {problem: Problem | undefined; retry: () => unknown}) {
    if (problem === undefined) return null;
    return (
        <Alert component="p"
            variant="warning"
            isInline
            className="calm-stale"
            title={t('problem.stale')}
            actionLinks={
                <Button variant="link" isInline onClick={() => void retry()}>
                    {t('action.try_again')}
                </Button>
            }
        />
    );
}
