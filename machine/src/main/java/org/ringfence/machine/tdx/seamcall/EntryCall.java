package org.ringfence.machine.tdx.seamcall;

import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.tdx.abi.ModuleStatus;
import org.ringfence.machine.tdx.adversary.EntryFamily;
import org.ringfence.machine.tdx.sept.SeptOperand;
import org.ringfence.machine.tdx.td.LeafInSteps;
import org.ringfence.machine.tdx.td.LeafLocks;
import org.ringfence.machine.tdx.td.Tdx;

/**
 * A leaf function of the host's on one Secure EPT entry. {@link EntryFamily} is the same for every entry, and every
 * frame.
 *
 * @param <R> the statuses that it ends with
 */
public interface EntryCall<R extends Enum<R> & ModuleStatus> extends TdCall<R> {

    /** The entry; RDX is the TD's TDR. */
    long rcx();

    /** 4K frames of the page that the leaf is given in R8 for an entry of {@code level}; 0 where it is given none. */
    default int framesGiven(Tdx tdx, int level) {
        return 0;
    }

    /** What the module's tables say of this leaf. */
    SeptRule rule();

    /** It with any operands, on a TD, called by logical processor {@code lp}. */
    EntryLeaf bindAny(Tdx tdx, int lp);

    @Override
    default LeafInSteps steps(Tdx tdx, Actor actor, int lp) {
        int level = SeptOperand.level(rcx());
        int page = rule().page(tdx, rcx());
        return new LeafInSteps(
                tdx, LeafLocks.of(mnemonic()), actor, lp, tdx.admission().allowed(rule().opStates()), 0, page, level,
                frame().index(), page >= 0 && framesGiven(tdx, level) > 1 ? level : 0);
    }

    @Override
    default Bound bind(Tdx tdx, int lp) {
        EntryLeaf leaf = bindAny(tdx, lp);
        int page = rule().page(tdx, rcx());
        int level = SeptOperand.level(rcx());
        int frame = frame().index();
        return (state, outputs) -> leaf.perform(state, page, level, frame, outputs);
    }
}
