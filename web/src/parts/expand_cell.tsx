// The cell of a row that opens it. PatternFly's own names its button in English only.
import {Button} from '@patternfly/react-core';
import CaretDownIcon from '@patternfly/react-icons/dist/esm/icons/rh-microns-caret-down-icon';
import {Td} from '@patternfly/react-table';

// `label` is the id of what stands in the row and names it.
export function ExpandCell({open, label, toggle}: {open: boolean; label: string; toggle: () => void}) {
    return (
        <Td className="pf-v6-c-table__toggle">
            <Button
                variant="plain"
                size="sm"
                className={open ? 'pf-m-expanded' : undefined}
                aria-expanded={open}
                aria-labelledby={label}
                onClick={toggle}
                icon={
                    <div className="pf-v6-c-table__toggle-icon">
                        <CaretDownIcon />
                    </div>
                }
            />
        </Td>
    );
}
