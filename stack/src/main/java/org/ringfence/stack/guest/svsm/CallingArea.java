package org.ringfence.stack.guest.svsm;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.Memory;
import org.ringfence.machine.operation.Adversary;
import org.ringfence.machine.operation.Cast;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Part;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.state.Bounded;
import org.ringfence.machine.state.Declaration;
import org.ringfence.machine.state.Enumerated;
import org.ringfence.machine.state.Flag;
import org.ringfence.machine.state.State;
import org.ringfence.machine.state.Table;
import org.ringfence.machine.state.ValueNames;
import org.ringfence.machine.vocabulary.Form;
import org.ringfence.stack.guest.svsm.SvsmRequest.Registers;

/**
 * Through which an inner guest calls the monitor: the registers of each virtual CPU, one of those that the machine
 * knows, and what the monitor answers there. Beside them the monitor's registry of VMSAs and calling areas.
 *
 * <p>The list of entries that PVALIDATE takes is no part of a call: it lies in a page of the inner guest's, see {@link
 * RequestPages}. Source: SVSM specification (AMD 58019), chapters 5 and 6; COCONUT-SVSM, kernel/src/requests.rs and
 * PerCpuVmsas in kernel/src/cpu/percpu.rs.
 *
 * @param calls what can be called, by index
 * @param supported what QUERY_PROTOCOL left in RCX: versions 1 to 1, or 0 for a protocol that is not there
 * @param current of each CPU: the number of the page of its calling area plus 1; 0 before it has one
 * @param use what each page is registered as
 * @param pair of a VMSA: the number of the page of its calling area plus 1
 * @param fit whether the page holds a state that the monitor takes for a VMSA: VMPL 2, EFER.SVME, its own SEV_FEATURES
 */
public record CallingArea(
        Geometry geometry,
        List<Registers> calls,
        Enumerated<Status> status,
        Bounded call,
        Enumerated<SvsmResult> result,
        Flag supported,
        Bounded current,
        Enumerated<Use> use,
        Bounded pair,
        Flag fit) {

    /** Brings it, for calls of every kind. */
    public static final Part PART = new Knowing(List.of(), true);

    /** How far a call is. */
    public enum Status {
        IDLE,
        CALLED,
        ANSWERED
    }

    /** What a page is registered as. */
    public enum Use {
        NONE,
        /** As the VMSA of a virtual CPU that is being created. */
        NEW_VMSA,
        VMSA,
        CALLING_AREA
    }

    public CallingArea {
        calls = List.copyOf(calls);
    }

    /**
     * Brings it.
     *
     * @param calls that software makes
     * @param any whether calls of every kind are known too
     */
    record Knowing(List<Registers> calls, boolean any) implements Part {
        Knowing {
            calls = List.copyOf(calls);
        }

        @Override
        public Class<CallingArea> type() {
            return CallingArea.class;
        }

        @Override
        public CallingArea declare(Declaration declaration, Machine machine, Cast cast) {
            Geometry geometry = machine.part(Memory.class).geometry();
            List<Registers> known = new ArrayList<>(calls);
            if (any) {
                SvsmRequest.anything(geometry).stream()
                        .map(SvsmRequest::registers)
                        .distinct()
                        .filter(one -> !calls.contains(one))
                        .forEach(known::add);
            }
            return CallingArea.declare(declaration, geometry, Math.max(1, cast.vcpus()), known);
        }

        @Override
        public Part and(Part other) {
            if (!(other instanceof Knowing(List<Registers> more, boolean otherAny))) {
                throw new IllegalArgumentException("the calls of %s and of %s differ".formatted(this, other));
            }
            return new Knowing(Stream.concat(calls.stream(), more.stream()).distinct().toList(), any || otherAny);
        }

        @Override
        public List<Adversary> adversaries() {
            return List.of(Adversary.malicious(
                    Principal.INNER_GUEST,
                    (machine, cast) -> List.of(new CallFamily(machine.part(CallingArea.class)))));
        }
    }

    /** Declares the area of {@code cpus} CPUs of the monitor, which are actors from 0 on. */
    public static CallingArea declare(Declaration declaration, Geometry geometry, int cpus, List<Registers> calls) {
        Table call = declaration.table("call", "CPU", cpus);
        Table pages = declaration.perPage("registered", geometry.pages());
        return new CallingArea(
                geometry,
                calls,
                call.enumerated("status", Status.class),
                call.bounded(
                        "registers", Math.max(0, calls.size() - 1),
                        ValueNames.of(calls.stream().map(Form::print).toList())),
                call.enumerated("result", SvsmResult.class),
                call.flag("supported"),
                call.pageFrom("calling area", 1, geometry.pages()),
                pages.enumerated("as", Use.class),
                pages.pageFrom("calling area", 1, geometry.pages()),
                pages.flag("fit"));
    }

    /** How many CPUs of the monitor serve calls. */
    int cpus() {
        return status.cells().count();
    }

    /** {@code cpu}, which must be one of the monitor's. */
    int require(int cpu) {
        if (cpu < 0 || cpu >= cpus()) {
            throw new IllegalArgumentException(
                    "calls are made on CPU %d; the monitor has CPUs 0 to %d".formatted(cpu, cpus() - 1));
        }
        return cpu;
    }

    /** The call that is being made on {@code cpu}. */
    Registers registers(State state, int cpu) {
        return calls.get(call.get(state, cpu));
    }

    /** The inner guest calls on {@code cpu}; {@code false} while the monitor works at a call there. */
    boolean post(State state, int cpu, int index) {
        if (status.is(state, cpu, Status.CALLED)) {
            return false;
        }
        status.set(state, cpu, Status.CALLED);
        call.set(state, cpu, index);
        result.set(state, cpu, SvsmResult.SUCCESS);
        supported.set(state, cpu, false);
        return true;
    }

    /** The index of {@code wanted}. */
    int indexOf(Registers wanted) {
        int index = calls.indexOf(wanted);
        if (index < 0) {
            throw new IllegalArgumentException("the machine knows no call " + wanted);
        }
        return index;
    }

    /** Registers a VMSA and its calling area, unless either is registered already. */
    boolean register(State state, int vmsa, int area) {
        if (!use.is(state, vmsa, Use.NONE) || !use.is(state, area, Use.NONE)) {
            return false;
        }
        use.set(state, vmsa, Use.NEW_VMSA);
        use.set(state, area, Use.CALLING_AREA);
        pair.set(state, vmsa, area + 1);
        return true;
    }

    /** Removes a VMSA that is registered {@code as}, with its calling area; whether it was. */
    boolean unregister(State state, int vmsa, Use as) {
        if (!use.is(state, vmsa, as)) {
            return false;
        }
        int area = pair.get(state, vmsa) - 1;
        use.set(state, vmsa, Use.NONE);
        pair.set(state, vmsa, 0);
        if (area >= 0) {
            use.set(state, area, Use.NONE);
        }
        return true;
    }

    /** The calling area of {@code cpu} becomes {@code page}, unless that is registered already. */
    boolean remap(State state, int cpu, int page) {
        int old = current.get(state, cpu) - 1;
        if (old == page) {
            return true;
        }
        if (!use.is(state, page, Use.NONE)) {
            return false;
        }
        for (int vmsa = 0; old >= 0 && vmsa < geometry.pages(); vmsa++) {
            if (pair.get(state, vmsa) == old + 1) {
                pair.set(state, vmsa, page + 1);
            }
        }
        if (old >= 0) {
            use.set(state, old, Use.NONE);
        }
        use.set(state, page, Use.CALLING_AREA);
        current.set(state, cpu, page + 1);
        return true;
    }
}
