package org.ringfence.machine.sev.adversary;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Family;
import org.ringfence.machine.operation.Frame;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.operation.Step;
import org.ringfence.machine.operation.Successors;
import org.ringfence.machine.sev.LoadAsGuest;
import org.ringfence.machine.sev.Sev;
import org.ringfence.machine.sev.Wbinvd;
import org.ringfence.machine.sev.firmware.Asids;
import org.ringfence.machine.sev.firmware.SevCommand.Activate;
import org.ringfence.machine.sev.firmware.SevCommand.OfGuest;
import org.ringfence.machine.sev.firmware.SevCommand.OfGuest.GuestCommand;
import org.ringfence.machine.sev.firmware.SevCommand.OfPlatform;
import org.ringfence.machine.sev.firmware.SevCommand.OfPlatform.PlatformCommand;
import org.ringfence.machine.sev.firmware.SevFirmware;
import org.ringfence.machine.state.State;

/**
 * The host moves ASIDs between a guest and one of its own, handle 2, in any order: LAUNCH_START and what follows it,
 * ACTIVATE, DEACTIVATE, WBINVD, DF_FLUSH; and has its own guest read any frame. Commands that the firmware refuses
 * change nothing and are left out, but for a DF_FLUSH that some of several CCXs refuse. DECOMMISSION and SHUTDOWN are
 * too, which lead to nothing but another LAUNCH_START. The argument: the operation's number.
 *
 * @param partly the number of an operation that is taken whatever it answers; -1 for none
 */
public record AsidFamily(List<Operation<?>> operations, List<Step> steps, int partly) implements Family {
    private static final int NONE = -1;

    private static final int OWN = 2;

    public static AsidFamily of(Machine machine) {
        Asids asids = machine.part(Asids.class);
        SevFirmware firmware = machine.part(SevFirmware.class);
        List<Operation<?>> operations = new ArrayList<>(List.of(
                new OfPlatform(PlatformCommand.LAUNCH_START),
                new OfPlatform(PlatformCommand.DF_FLUSH),
                new OfGuest(GuestCommand.LAUNCH_MEASURE, OWN),
                new OfGuest(GuestCommand.LAUNCH_FINISH, OWN)));
        for (int handle = Sev.HANDLE; handle <= OWN; handle++) {
            operations.add(new OfGuest(GuestCommand.DEACTIVATE, handle));
            for (int asid = 1; asid <= asids.asids(); asid++) {
                operations.add(new Activate(handle, asid));
            }
        }
        for (int core = 0; core < asids.cores(); core++) {
            operations.add(new Wbinvd(core));
        }
        for (int frame = 0; frame < firmware.memory().geometry().frames(); frame++) {
            operations.add(new LoadAsGuest(OWN, new Frame(frame)));
        }
        Actor host = new Actor(-1, Principal.HOST, "host");
        return new AsidFamily(
                List.copyOf(operations),
                operations.stream().<Step>map(operation -> operation.on(machine, host)).toList(),
                asids.ccxs() > 1 ? operations.indexOf(new OfPlatform(PlatformCommand.DF_FLUSH)) : NONE);
    }

    @Override
    public Principal principal() {
        return Principal.HOST;
    }

    @Override
    public void each(State state, Successors successors) {
        for (int number = 0; number < steps.size(); number++) {
            long outcome = steps.get(number).take(state);
            if (outcome == 0 || number == partly) {
                successors.take(number);
            }
        }
    }

    @Override
    public List<Integer> arguments() {
        return IntStream.range(0, operations.size()).boxed().toList();
    }

    @Override
    public Operation<?> operation(int arguments) {
        return operations.get(arguments);
    }
}
