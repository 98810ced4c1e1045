package org.ringfence.stack.host.tdx.bringup;

import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Routine;
import org.ringfence.machine.tdx.module.SystemState;

/**
 * TDH.SYS.KEY.CONFIG once on each package, one after the other, since the module refuses two at a time. Linux:
 * config_global_keyid.
 *
 * <p>A package without a processor online is passed over without a word, and the module then never becomes ready: Linux
 * finds out at the first TDH.SYS.TDMR.INIT.
 *
 * @param next the first processor that is still to do
 * @param done packages that are configured, one bit each
 * @param number of the next call, from 1
 */
record ConfigureGlobalKey(Host host, BringUpChoices choices, Injection injection, int next, long done, int number)
        implements
            Routine<BringUpErrno> {
    @Override
    public BringUpErrno run(Cpu cpu) {
        if (next == host.cpus()) {
            // Linux has no other errno for "no processor is online", which cannot be.
            if (choices.packages() == BringUpChoices.Packages.OWN) {
                cpu.ask(new AwaitState(SystemState.SYS_READY));
            }
            return done == 0 ? BringUpErrno.EINVAL : BringUpErrno.OK;
        }
        int itsPackage = host.packageOf().get(next);
        if ((done >>> itsPackage & 1) != 0 || isPassedOver(itsPackage) || !isUsable(cpu, itsPackage)) {
            return cpu.become(new ConfigureGlobalKey(host, choices, injection, next + 1, done, number));
        }
        Seamcall.Returned returned = Calls.returned(
                cpu, new Seamcall(next, Calls.keyConfig()), Call.SYS_KEY_CONFIG, number, injection);
        if (returned.isSuccess()) {
            return cpu.become(
                    new ConfigureGlobalKey(host, choices, injection, next + 1, done | 1L << itsPackage, counted()));
        }
        if (choices.retries(returned.rax())) {
            return cpu.become(new ConfigureGlobalKey(host, choices, injection, next, done, counted()));
        }
        return Statuses.errno(returned.rax());
    }

    private boolean isPassedOver(int itsPackage) {
        return switch (choices.packages()) {
            case ONLINE, TAKEN_ONLINE -> false;
            case WITH_PAMT -> !host.holdsPamt(itsPackage);
            case FIRST, OWN -> itsPackage != host.packageOf().get(host.on());
        };
    }

    /**
     * Whether this processor can make the call: it is online, or it is the package's last, none is, and it may be taken
     * online.
     */
    private boolean isUsable(Cpu cpu, int itsPackage) {
        if (cpu.ask(new IsOnline(next))) {
            return true;
        }
        boolean last = host.packageOf().lastIndexOf(itsPackage) == next;
        if (choices.packages() != BringUpChoices.Packages.TAKEN_ONLINE || !last) {
            return false;
        }
        cpu.ask(new TakeOnline(next, true));
        // A processor that comes online is enabled first; one that was enabled before it went offline is so still.
        cpu.ask(new Seamcall(next, Calls.lpInit()));
        return true;
    }

    /** Calls are counted only while one of them is to fail, so that a retry comes back to where it was. */
    private int counted() {
        return injection.call() == Call.SYS_KEY_CONFIG && number <= injection.occurrence() ? number + 1 : number;
    }
}
