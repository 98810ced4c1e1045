package org.ringfence.stack.host.tdx.bringup;

import java.util.List;
import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Routine;
import org.ringfence.stack.host.tdx.bringup.BringUp.End;

/**
 * Brings the TDX module up, as tdx_enable() does after tdx_cpu_enable() on every processor: TDH.SYS.INIT once,
 * TDH.SYS.LP.INIT on each processor that is online, the metadata, TDMRs, TDH.SYS.CONFIG, WBINVD everywhere,
 * TDH.SYS.KEY.CONFIG once a package, TDH.SYS.TDMR.INIT until each TDMR is done.
 *
 * <p>What fails is unwound as far as it had come. Before TDH.SYS.CONFIG has succeeded the module has not touched a
 * PAMT, and their memory just goes back; after that it may have, and caches are flushed first. There is no second try:
 * the module stays off until the next boot.
 *
 * <p>Source: Linux, arch/x86/virt/vmx/tdx/tdx.c (tdx_cpu_enable, init_tdx_module, config_global_keyid, init_tdmrs).
 *
 * @param made what {@link TdmrConstruction} made of the host's memory
 */
public record BringUp(Host host, Construction made, BringUpChoices choices,
        Injection injection) implements Routine<End> {

    /** How far it came. */
    public enum Stage {
        PROCESSORS,
        METADATA,
        TDMRS,
        CONFIG,
        GLOBAL_KEY,
        TDMR_INIT,
        READY
    }

    /**
     * How it ended.
     *
     * @param stage that failed, or {@link Stage#READY}
     * @param errno what tdx_enable() returns
     * @param unwinding what was done about the failure
     */
    public record End(Stage stage, BringUpErrno errno, Unwinding unwinding) {
        static final End READY = new End(Stage.READY, BringUpErrno.OK, Unwinding.NOTHING);

        /** Whether TDs can be made now. */
        public boolean isReady() {
            return stage == Stage.READY;
        }
    }

    /**
     * What was done about a failure.
     *
     * @param flushed whether caches were written back
     * @param reset whether the PAMTs' memory was overwritten by MOVDIR64B
     * @param freed whether PAMTs went back to the host
     */
    public record Unwinding(boolean flushed, boolean reset, boolean freed) {
        static final Unwinding NOTHING = new Unwinding(false, false, false);
    }

    @Override
    public End run(Cpu cpu) {
        BringUpErrno enabled = cpu.call(new EnableProcessors(host, choices, injection, 0, false, 0));
        if (enabled != BringUpErrno.OK) {
            return new End(Stage.PROCESSORS, enabled, Unwinding.NOTHING);
        }
        BringUpErrno read = cpu.call(new ReadMetadata(host, injection));
        if (read != BringUpErrno.OK) {
            return new End(Stage.METADATA, read, Unwinding.NOTHING);
        }
        return switch (made) {
            case Construction.Failed(BringUpErrno errno, String reason) ->
                new End(Stage.TDMRS, errno, Unwinding.NOTHING);
            case Construction.Constructed(List<Tdmr> tdmrs) -> configure(cpu, tdmrs);
        };
    }

    private End configure(Cpu cpu, List<Tdmr> tdmrs) {
        // Whoever had the memory before has left dirty lines there.
        for (Tdmr tdmr : tdmrs) {
            cpu.ask(new UsePage(tdmr.pamt().base(), tdmr.pamt().size(), UsePage.How.CACHED));
        }
        BringUpErrno configured = Calls.call(
                cpu, new Seamcall(host.on(), Calls.config(tdmrs, host.globalKeyId())), Call.SYS_CONFIG, 1, injection);
        if (configured != BringUpErrno.OK) {
            return new End(Stage.CONFIG, configured, cpu.call(new Unwind(host, tdmrs, choices, false)));
        }
        if (choices.flush()) {
            cpu.call(new FlushCaches(host, BringUpChoices.FlushOn.EVERY_PACKAGE));
        }
        BringUpErrno keyed = cpu.call(new ConfigureGlobalKey(host, choices, injection, 0, 0, 1));
        if (keyed != BringUpErrno.OK) {
            return new End(Stage.GLOBAL_KEY, keyed, cpu.call(new Unwind(host, tdmrs, choices, true)));
        }
        int called = 0;
        for (Tdmr tdmr : tdmrs) {
            Initialised initialised =
                    cpu.call(new InitialiseTdmr(host.on(), tdmr.base(), tdmr.end(), injection, called));
            called = initialised.called();
            if (initialised.errno() != BringUpErrno.OK) {
                return new End(Stage.TDMR_INIT, initialised.errno(), cpu.call(new Unwind(host, tdmrs, choices, true)));
            }
        }
        return End.READY;
    }

    /**
     * What came of a TDMR's initialisation.
     *
     * @param called calls of TDH.SYS.TDMR.INIT so far, over all TDMRs; 0 unless one of them is to fail
     */
    record Initialised(BringUpErrno errno, int called) {}
}
