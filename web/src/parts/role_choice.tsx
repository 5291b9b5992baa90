// What an account may do: one of five roles.
import {Radio} from '@patternfly/react-core';
import type {Account} from '../api';
import {t, word} from '../texts';

export type Role = Account['role'];
const roles = ['viewer', 'operator', 'license_administrator', 'auditor', 'owner'] as const;

export function RoleChoice({value, choose}: {value: Role; choose: (role: Role) => void}) {
    return (
        <div role="radiogroup" aria-label={t('settings.role')} className="calm-radios calm-gap">
            {roles.map((each) => (
                <Radio key={each} id={`role-${each}`} name="role" label={word('role', each)} description={word('role_help', each)} isChecked={value === each} onChange={() => choose(each)} />
            ))}
        </div>
    );
}
