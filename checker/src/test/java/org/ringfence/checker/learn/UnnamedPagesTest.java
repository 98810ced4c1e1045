package org.ringfence.checker.learn;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.Load;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Results;
import org.ringfence.machine.operation.Routine;
import org.ringfence.machine.operation.Step;

/** Which pages software can mean. */
class UnnamedPagesTest {
    private static final Geometry GEOMETRY = new Geometry(6, 2, 1);

    /** Clears some pages, and tells a number. */
    record Clear(int first, int pages, boolean tells) implements Operation<Object> {
        @Override
        @SuppressWarnings({"unchecked", "rawtypes"})
        public Results<Object> results() {
            return tells ? (Results) new Results.Number(6) : (Results) new Results.Truth();
        }

        @Override
        public Step on(Machine machine, Actor actor) {
            return state -> 0;
        }

        @Override
        public String mnemonic() {
            return "clear";
        }
    }

    record Reads(long gpa) implements Routine<Done> {
        @Override
        public Done run(Cpu cpu) {
            cpu.ask(new Load(gpa));
            return Done.DONE;
        }
    }

    record Clears(int first, int pages, boolean tells) implements Routine<Done> {
        @Override
        public Done run(Cpu cpu) {
            cpu.ask(new Clear(first, pages, tells));
            return Done.DONE;
        }
    }

    private static List<Integer> unnamed(Routine<?> routine) {
        return UnnamedPages.of(List.of(Learner.learn(routine, Budget.DEFAULT)), GEOMETRY);
    }

    @Test
    void anAddressNamesItsPage() {
        assertThat(unnamed(new Reads(0x3000))).containsExactly(0, 1, 2, 4, 5);
        assertThat(unnamed(new Reads(0x3FF8))).containsExactly(0, 1, 2, 4, 5);
    }

    @Test
    void twoNumbersNameThePagesFromTheOneOnAsManyAsTheOtherSays() {
        // From 4 on one, from 1 on four, and taken for addresses, from page 0 on.
        assertThat(unnamed(new Clears(4, 1, false))).containsExactly(5);
    }

    @Test
    void softwareThatIsToldANumberMayMeanAnyPage() {
        assertThat(unnamed(new Clears(4, 2, true))).isEmpty();
    }

    @Test
    void pagesOfALargeOneAreNotAskedFor() {
        assertThat(UnnamedPages.of(List.of(), new Geometry(6, 2, 2))).isEmpty();
    }
}
