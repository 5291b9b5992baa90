// The tasks of the Home page, as the Manager has always had them: only those that the person may do.
import {Card, CardBody, CardHeader, CardTitle} from '@patternfly/react-core';
import CertificateIcon from '@patternfly/react-icons/dist/esm/icons/certificate-icon';
import CheckIcon from '@patternfly/react-icons/dist/esm/icons/check-icon';
import DesktopIcon from '@patternfly/react-icons/dist/esm/icons/desktop-icon';
import ExchangeAltIcon from '@patternfly/react-icons/dist/esm/icons/exchange-alt-icon';
import HandshakeIcon from '@patternfly/react-icons/dist/esm/icons/handshake-icon';
import MinusCircleIcon from '@patternfly/react-icons/dist/esm/icons/minus-circle-icon';
import PlusCircleIcon from '@patternfly/react-icons/dist/esm/icons/plus-circle-icon';
import ServerIcon from '@patternfly/react-icons/dist/esm/icons/server-icon';
import SlidersHIcon from '@patternfly/react-icons/dist/esm/icons/sliders-h-icon';
import type {ComponentType} from 'react';
import {usePerson} from '../console';
import {Link} from '../router';
import {t} from '../texts';

interface Task {
    right: string;
    to: string;
    words: string;
    icon: ComponentType;
}

export function Tasks() {
    const {may} = usePerson();
    const tasks: Task[] = [
        {right: 'license', to: '/console/add', words: t('add.title'), icon: PlusCircleIcon},
        {right: 'license', to: '/console/licenses?ask=remove', words: t('task.remove_licenses'), icon: MinusCircleIcon},
        {right: 'license', to: '/console/activation', words: t('activation.title'), icon: CertificateIcon},
        {right: 'operate', to: '/console/holders?state=active', words: t('task.release'), icon: ExchangeAltIcon},
        {right: 'operate', to: '/console/holders?lend=1', words: t('task.lend'), icon: HandshakeIcon},
        {right: 'operate', to: '/console/hosts?enrol=1', words: t('hosts.enrol'), icon: ServerIcon},
        {right: 'operate', to: '/console/mode', words: t('task.set_mode'), icon: SlidersHIcon},
        {right: 'operate', to: '/console/stations?mode=1', words: t('task.console_mode'), icon: DesktopIcon},
        {right: 'audit', to: '/console/audit', words: t('task.verify'), icon: CheckIcon},
    ];
    const mine = tasks.filter((each) => may(each.right));
    return (
        <Card isFullHeight>
            <CardHeader>
                <CardTitle component="h2">{t('home.tasks')}</CardTitle>
            </CardHeader>
            <CardBody>
                {mine.length === 0 && <p>{t('home.no_tasks')}</p>}
                <ul className="calm-tasks">
                    {mine.map((each) => (
                        <li key={each.words}>
                            <Link to={each.to} className="calm-task">
                                <span className="calm-task-icon">
                                    <each.icon />
                                </span>
                                {each.words}
                            </Link>
                        </li>
                    ))}
                </ul>
            </CardBody>
        </Card>
    );
}
