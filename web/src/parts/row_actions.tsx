// What can be done with one row of a table, behind a button that says which row.
import {Divider, Dropdown, DropdownItem, DropdownList, MenuToggle} from '@patternfly/react-core';
import EllipsisVIcon from '@patternfly/react-icons/dist/esm/icons/ellipsis-v-icon';
import {useState} from 'react';

export interface RowAction {
    title: string;
    act: () => void;
    disabled?: boolean;
    last?: boolean; // apart from the others: it takes something away
}

export function RowActions({label, actions}: {label: string; actions: RowAction[]}) {
    const [open, setOpen] = useState(false);
    return (
        <Dropdown
            isOpen={open}
            onOpenChange={setOpen}
            onSelect={() => setOpen(false)}
            popperProps={{position: 'right', appendTo: () => document.getElementById('main') ?? document.body}}
            toggle={(ref) => <MenuToggle ref={ref} variant="plain" icon={<EllipsisVIcon />} isExpanded={open} aria-label={label} onClick={() => setOpen(!open)} />}
        >
            <DropdownList>
                {actions.map(({title, act, disabled, last}) => [
                    last && <Divider key={`${title}-above`} component="li" />,
                    <DropdownItem key={title} isDisabled={disabled} onClick={act}>
                        {title}
                    </DropdownItem>,
                ])}
            </DropdownList>
        </Dropdown>
    );
}
