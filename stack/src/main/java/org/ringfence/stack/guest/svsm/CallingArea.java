package org.ringfence.stack.guest.svsm;

import java.util.List;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.Memory;
import org.ringfence.machine.operation.Adversary;
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

/**
 * Through which one virtual CPU's inner guest calls the monitor: its registers and the page of a request, which are one
 * of the {@link SvsmRequest}s that the machine knows, and what the monitor answers; and which pages the monitor has
 * registered as VMSA or calling area.
 *
 * <p>The monitor copies the header of a request once and each entry once, as COCONUT-SVSM does, so that a page that
 * changes meanwhile is the same as another request. Source: SVSM specification (AMD 58019), chapters 5 and 6;
 * COCONUT-SVSM, kernel/src/requests.rs.
 *
 * @param requests what can be called, by index
 * @param next of the header, as the monitor has written it back
 * @param use what each page is registered as
 * @param fit whether the page holds a state that the monitor takes for a VMSA: VMPL 2, EFER.SVME, its own SEV_FEATURES
 */
public record CallingArea(
        Geometry geometry,
        List<SvsmRequest> requests,
        Enumerated<Status> status,
        Bounded request,
        Bounded next,
        Enumerated<SvsmResult> result,
        Enumerated<Use> use,
        Flag fit) {
    /** Brings it. */
    public static final Part PART = Part.of(
            CallingArea.class,
            (declaration, machine, cast) -> declare(
                    declaration, machine.part(Memory.class).geometry(),
                    SvsmRequest.anything(machine.part(Memory.class).geometry(), 0)),
            Adversary.malicious(
                    Principal.INNER_GUEST,
                    (machine, cast) -> List.of(new CallFamily(machine.part(CallingArea.class)))));

    private static final int MOST_ENTRIES = 511;

    /** How far a call is. */
    public enum Status {
        IDLE,
        CALLED,
        ANSWERED
    }

    /** What a page is registered as. */
    public enum Use {
        NONE,
        VMSA,
        CALLING_AREA
    }

    public CallingArea {
        requests = List.copyOf(requests);
    }

    /** Declares the area. */
    public static CallingArea declare(Declaration declaration, Geometry geometry, List<SvsmRequest> requests) {
        Table call = declaration.single("call");
        Table pages = declaration.table("registered", "page", geometry.pages());
        int most = requests.stream().mapToInt(SvsmRequest::entries).max().orElse(0);
        return new CallingArea(
                geometry,
                requests,
                call.enumerated("status", Status.class),
                call.bounded(
                        "request",
                        Math.max(0, requests.size() - 1),
                        ValueNames.of(requests.stream().map(Form::print).toList())),
                call.bounded("next", Math.min(most, MOST_ENTRIES)),
                call.enumerated("result", SvsmResult.class),
                pages.enumerated("as", Use.class),
                pages.flag("fit"));
    }

    /** The call that is being made. */
    SvsmRequest current(State state) {
        return requests.get(request.get(state));
    }

    /** The inner guest calls; {@code false} while the monitor works at a call. */
    boolean post(State state, int index) {
        if (status.is(state, 0, Status.CALLED)) {
            return false;
        }
        status.set(state, 0, Status.CALLED);
        request.set(state, index);
        next.set(state, Math.min(next.max(), requests.get(index).next()));
        result.set(state, 0, SvsmResult.SUCCESS);
        return true;
    }

    /** The monitor answers. */
    void answer(State state, SvsmResult with) {
        status.set(state, 0, Status.ANSWERED);
        result.set(state, 0, with);
    }

    /** The index of {@code wanted}. */
    int indexOf(SvsmRequest wanted) {
        int index = requests.indexOf(wanted);
        if (index < 0) {
            throw new IllegalArgumentException("the machine knows no " + wanted);
        }
        return index;
    }
}
