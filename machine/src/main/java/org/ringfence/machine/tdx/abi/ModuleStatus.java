package org.ringfence.machine.tdx.abi;

import org.ringfence.machine.operation.Worded;

/**
 * A completion status as one leaf function can end with it: the results of each leaf are an enum of these. A constant
 * needs nothing but its name, which is the manual's of the status, then the operand or page size of its low bits:
 * {@code TDX_OPERAND_INVALID_RCX}. Where a leaf tells more results apart than RAX does, it overrides
 * {@link #completion()}.
 */
public non-sealed interface ModuleStatus extends Ending, Worded {

    /** The constant's name. */
    String name();

    /** The status and its details. */
    default Completion completion() {
        return Completion.named(name());
    }

    /** The manual's name. */
    default TdxStatus status() {
        return completion().status();
    }

    /** What the low 32 bits hold: an {@link OperandId} or a level. */
    default int details() {
        return completion().details();
    }

    /** RAX. */
    default long rax() {
        return completion().rax();
    }

    /** How a trace prints a status: its name and number. */
    @Override
    default String worded() {
        return completion().toString();
    }
}
