package org.ringfence.platform.life;

import org.ringfence.machine.memory.Level;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.sev.MapNestedPage;
import org.ringfence.machine.snp.rmp.Pvalidate;
import org.ringfence.machine.snp.rmp.Rmpupdate;
import org.ringfence.machine.tdx.seamcall.TdhMemPageAug;
import org.ringfence.machine.tdx.seamcall.TdhMemPageRemove;
import org.ringfence.machine.tdx.sept.SeptOperand;
import org.ringfence.machine.tdx.tdcall.TdgMemPageAccept;
import org.ringfence.stack.host.tdx.bringup.ResetMemory;

/** The page size of an operation whose cost depends on it. */
enum OperationSize {
    /** Its cost does not depend on a size, or it did not succeed. */
    NONE(""),
    SMALL(" 4K"),
    LARGE(" 2M");

    private final String suffix;

    OperationSize(String suffix) {
        this.suffix = suffix;
    }

    /** The name of an operation's cost. */
    String of(String mnemonic) {
        return mnemonic + suffix;
    }

    static OperationSize level(int level) {
        return level == 0 ? SMALL : LARGE;
    }

    /** That of an operation which ended so. */
    static OperationSize of(Operation<?> operation, long outcome) {
        if (outcome != 0) {
            return NONE;
        }
        return switch (operation) {
            case TdgMemPageAccept accept -> level(SeptOperand.level(accept.rcx()));
            case TdhMemPageAug aug -> level(SeptOperand.level(aug.rcx()));
            case TdhMemPageRemove remove -> level(SeptOperand.level(remove.rcx()));
            case ResetMemory reset -> reset.size() > LifeMap.PAGE ? LARGE : SMALL;
            case Pvalidate pvalidate -> of(pvalidate.size());
            case Rmpupdate update -> of(update.size());
            case MapNestedPage map -> of(map.size());
            default -> NONE;
        };
    }

    private static OperationSize of(Level size) {
        return size == Level.SIZE_4K ? SMALL : LARGE;
    }
}
