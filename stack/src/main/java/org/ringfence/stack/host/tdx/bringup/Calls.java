package org.ringfence.stack.host.tdx.bringup;

import java.util.List;
import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.tdx.abi.ModuleCall;
import org.ringfence.machine.tdx.module.sys.TdhSysConfig;
import org.ringfence.machine.tdx.module.sys.TdhSysInit;
import org.ringfence.machine.tdx.module.sys.TdhSysKeyConfig;
import org.ringfence.machine.tdx.module.sys.TdhSysLpInit;
import org.ringfence.machine.tdx.module.sys.TdhSysRd;
import org.ringfence.machine.tdx.module.sys.TdhSysTdmrInit;

/** How Linux calls the module. */
final class Calls {
    /** RDRAND_RETRY_LOOPS. Source: Linux, arch/x86/include/asm/tdx.h (sc_retry). */
    private static final int TRIES = 10;

    private Calls() {}

    static ModuleCall<?> init() {
        return new TdhSysInit(0);
    }

    static ModuleCall<?> lpInit() {
        return new TdhSysLpInit();
    }

    static ModuleCall<?> read(long field) {
        return new TdhSysRd(field);
    }

    static ModuleCall<?> config(List<Tdmr> tdmrs, int globalKeyId) {
        return TdhSysConfig.of(tdmrs.stream().map(Tdmr::info).toList(), globalKeyId);
    }

    static ModuleCall<?> keyConfig() {
        return new TdhSysKeyConfig();
    }

    static ModuleCall<?> tdmrInit(long base) {
        return new TdhSysTdmrInit(base);
    }

    /** Calls, and again where the module lacks entropy; answers what came back at last, or what an experiment wants. */
    static Seamcall.Returned returned(Cpu cpu, Seamcall seamcall, Call call, int number, Injection injection) {
        if (injection.hits(call, number)) {
            return cpu.ask(new FailedCall(seamcall, injection.rax()));
        }
        Seamcall.Returned returned = cpu.ask(seamcall);
        for (int i = 1; i < TRIES && returned.rax() == Statuses.NO_ENTROPY; i++) {
            returned = cpu.ask(seamcall);
        }
        return returned;
    }

    /** As {@link #returned}, for a call that only succeeds or fails. */
    static BringUpErrno call(Cpu cpu, Seamcall seamcall, Call call, int number, Injection injection) {
        return Statuses.errno(returned(cpu, seamcall, call, number, injection).rax());
    }
}
