package org.ringfence.machine.tdx.module.phymem;

import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Guards;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.state.State;
import org.ringfence.machine.tdx.abi.Completion;
import org.ringfence.machine.tdx.abi.Leaf;
import org.ringfence.machine.tdx.abi.ModuleCall;
import org.ringfence.machine.tdx.abi.SeamcallLeaf;
import org.ringfence.machine.tdx.module.ModuleLocks;
import org.ringfence.machine.tdx.module.PageSize;
import org.ringfence.machine.tdx.module.PageType;
import org.ringfence.machine.tdx.module.TdxModule;
import org.ringfence.machine.tdx.module.sys.SystemCall;

/**
 * A leaf on a TD or one of its vCPUs in its raw form, in which an address names it: that of a root page. Which TD that is, only the PAMT tells, when the leaf is called.
 * What is wrong with the address is found here, all else by the leaf in its typed form.
 *
 * @param address the operand that names the root page, without flags
 * @param root PT_TDR or PT_TDVPR
 * @param register where the operand is
 * @param typed the leaf in its typed form
 */
public record AddressedCall(SeamcallLeaf number, long address, PageType root, String register, Typed typed)
        implements
            SystemCall.Coded {

    /** Makes a leaf's typed form. */
    @FunctionalInterface
    public interface Typed {
        /**
         * The leaf on TD {@code td}.
         *
         * @param frame of the root page that the operand names
         */
        ModuleCall<?> on(State state, int td, int frame);
    }

    @Override
    public Leaf body(Machine machine, TdxModule module, Guards guards, int lp) {
        PageOperand operand = PageOperand.bind(
                this, machine, module, guards, address, register, root, true, ModuleLocks.Held.FREE);
        Actor host = new Actor(lp, Principal.HOST, "host");
        return (state, outputs) -> {
            long refused = operand.refuse(state, lp);
            if (refused != PageOperand.FINE) {
                return refused;
            }
            int frame = operand.frame();
            int td = module.td(
                    state, root == PageType.PT_TDR ? frame : module.pamt().owner(state, frame, PageSize.PT_4KB));
            ModuleCall<?> call = typed.on(state, td, frame);
            long code = call.leaf(machine, host).take(state, outputs);
            return code < 0 ? code : Completion.code(call.rax(code));
        };
    }

    @Override
    public String toString() {
        return "%s %s=0x%X".formatted(mnemonic(), register, address);
    }
}
