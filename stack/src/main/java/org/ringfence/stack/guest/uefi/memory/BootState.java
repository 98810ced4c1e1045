package org.ringfence.stack.guest.uefi.memory;

import org.ringfence.machine.operation.Part;
import org.ringfence.machine.state.Declaration;
import org.ringfence.machine.state.Flag;
import org.ringfence.machine.state.Table;

/**
 * How far the firmware has come on its way out.
 *
 * @param beforeNotified mExitBootServicesCalled: the group before ExitBootServices has been notified, which happens
 *     once
 * @param timerStopped no tick comes any more
 * @param terminated gMemoryMapTerminated: nothing that allocates looks at it
 * @param servicesGone gBS is null
 * @param allowsUnaccepted the loader has said that it accepts memory itself: mAcceptAllMemoryAtEBS is false
 */
public record BootState(
        Flag beforeNotified, Flag timerStopped, Flag terminated, Flag servicesGone, Flag allowsUnaccepted) {
    /** Brings it. */
    public static final Part PART = Part.of(BootState.class, (declaration, machine, cast) -> declare(declaration));

    /** Declares it. */
    public static BootState declare(Declaration declaration) {
        Table table = declaration.single("boot services");
        return new BootState(
                table.flag("before-group notified"),
                table.flag("timer stopped"),
                table.flag("map terminated"),
                table.flag("gone"),
                table.flag("unaccepted memory allowed"));
    }
}
