package org.ringfence.machine.plain;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.ringfence.machine.operation.Family;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.operation.Successors;
import org.ringfence.machine.state.State;

/** {@link Reach} of every frame or page. Its argument: the frame or page. */
public record ReachFamily(Plain plain, Principal principal, boolean write) implements Family {

    /** What a host draws from that does what it likes. */
    public static List<Family> maliciousHost(Machine machine) {
        return both(machine, Principal.HOST, true);
    }

    /** What a host draws from that only reads. */
    public static List<Family> retroactiveHost(Machine machine) {
        return both(machine, Principal.HOST, false);
    }

    /** What an inner guest draws from. */
    public static List<Family> maliciousInnerGuest(Machine machine) {
        return both(machine, Principal.INNER_GUEST, true);
    }

    private static List<Family> both(Machine machine, Principal principal, boolean writes) {
        Plain plain = machine.part(Plain.class);
        List<Family> families = new ArrayList<>();
        families.add(new ReachFamily(plain, principal, false));
        if (writes) {
            families.add(new ReachFamily(plain, principal, true));
        }
        return families;
    }

    @Override
    public void each(State state, Successors successors) {
        for (int index = 0; index < count(); index++) {
            if (Reach.take(plain, state, principal, index, write)) {
                successors.take(index);
            }
        }
    }

    private int count() {
        return principal == Principal.HOST ? plain.geometry().frames() : plain.geometry().pages();
    }

    @Override
    public List<Integer> arguments() {
        return IntStream.range(0, count()).boxed().toList();
    }

    @Override
    public Operation<?> operation(int arguments) {
        return new Reach(principal, arguments, write);
    }
}
