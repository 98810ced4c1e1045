package org.ringfence.checker.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.ringfence.checker.explore.FrameSwap;
import org.ringfence.checker.explore.FramesToldApart;
import org.ringfence.checker.explore.Software;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Frame;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Panic;
import org.ringfence.machine.operation.Results;
import org.ringfence.machine.operation.Routine;
import org.ringfence.machine.operation.Step;

/** How points permute when frames get each other's names. */
class FramesTest {
    private static final int FRAMES = 4;

    record Take() implements Operation<Frame> {
        @Override
        public Results<Frame> results() {
            return new Results.Frames(FRAMES);
        }

        @Override
        public Step on(Machine machine, Actor actor) {
            return state -> 0;
        }

        @Override
        public String mnemonic() {
            return "take";
        }
    }

    record Give(List<Frame> frames) implements Operation<Boolean> {
        @Override
        public Results<Boolean> results() {
            return new Results.Truth();
        }

        @Override
        public Step on(Machine machine, Actor actor) {
            return state -> 0;
        }

        @Override
        public String mnemonic() {
            return "give";
        }
    }

    /** One of some frames only, so that not all are alike to it. */
    record TakeOneOf(List<Frame> some) implements Operation<Frame> {
        @Override
        public Results<Frame> results() {
            return new Results.Listed<>(some);
        }

        @Override
        public Step on(Machine machine, Actor actor) {
            return state -> 0;
        }

        @Override
        public String mnemonic() {
            return "take one of some";
        }
    }

    record HoldsTwo() implements Routine<Done> {
        @Override
        public Done run(Cpu cpu) {
            Frame one = cpu.ask(new Take());
            Frame other = cpu.ask(new Take());
            if (one.equals(other)) {
                throw new Panic("one frame twice");
            }
            if (cpu.ask(new Give(List.of(one, other)))) {
                cpu.ask(new Give(List.of(other)));
            }
            return Done.DONE;
        }
    }

    private static final FrameSwap SWAP = new FrameSwap(0, 1, 1);

    /** The points reached by these results. */
    private static int at(Software software, long... codes) {
        int point = 0;
        for (long code : codes) {
            point = software.next(point, code);
        }
        return point;
    }

    @Test
    void aPointThatHoldsFramesBecomesThePointThatHoldsTheOthers() {
        for (Software software : List.of(
                Learned.complete(new HoldsTwo()),
                Learner.learnLazily(new HoldsTwo(), Budget.DEFAULT))) {
            for (int one = 0; one < FRAMES; one++) {
                for (int other = 0; other < FRAMES; other++) {
                    at(software, one, other);
                    if (one != other) {
                        at(software, one, other, 1);
                    }
                }
            }
            int points = software.points();

            int[] becomes = software.renamed(SWAP);

            assertThat(software.points()).isEqualTo(points);
            for (int one = 0; one < FRAMES; one++) {
                assertThat(becomes[at(software, one)]).isEqualTo(at(software, SWAP.of(one)));
                for (int other = 0; other < FRAMES; other++) {
                    assertThat(becomes[at(software, one, other)])
                            .as("holding frames %d and %d", one, other)
                            .isEqualTo(at(software, SWAP.of(one), SWAP.of(other)));
                    if (one != other) {
                        assertThat(becomes[at(software, one, other, 1)])
                                .isEqualTo(at(software, SWAP.of(one), SWAP.of(other), 1));
                    }
                }
            }
        }
    }

    @Test
    void blocksExchangeTheirFramesInOrder() {
        Software software = Learned.complete(new HoldsTwo());

        int[] becomes = software.renamed(new FrameSwap(0, 1, 2));

        assertThat(becomes[at(software, 0, 3)]).isEqualTo(at(software, 2, 1));
    }

    record PrefersTheFirst() implements Routine<Done> {
        @Override
        public Done run(Cpu cpu) {
            Frame frame = cpu.ask(new Take());
            if (frame.index() == 0) {
                cpu.ask(new Give(List.of(frame, frame)));
            }
            cpu.ask(new Give(List.of(frame)));
            return Done.DONE;
        }
    }

    record KnowsOne() implements Routine<Done> {
        @Override
        public Done run(Cpu cpu) {
            cpu.ask(new Give(List.of(new Frame(1))));
            return Done.DONE;
        }
    }

    record Orders() implements Routine<Done> {
        @Override
        public Done run(Cpu cpu) {
            List<Frame> both = new ArrayList<>(List.of(cpu.ask(new Take()), cpu.ask(new Take())));
            both.sort((a, b) -> Integer.compare(a.index(), b.index()));
            cpu.ask(new Give(both.stream().toList()));
            return Done.DONE;
        }
    }

    record TellsItsFrameByPanic() implements Routine<Done> {
        @Override
        public Done run(Cpu cpu) {
            throw new Panic("lost " + cpu.ask(new Take()));
        }
    }

    record TakesOneOfSome() implements Routine<Done> {
        @Override
        public Done run(Cpu cpu) {
            Frame frame = cpu.ask(new TakeOneOf(List.of(new Frame(0), new Frame(2))));
            cpu.ask(new Give(List.of(frame)));
            return Done.DONE;
        }
    }

    @Test
    void aRoutineThatTellsTwoFramesApartIsRefusedWithItsLine() {
        for (Routine<?> routine : List.of(new PrefersTheFirst(), new KnowsOne(), new Orders(), new TakesOneOfSome())) {
            assertThatThrownBy(() -> Learned.complete(routine).renamed(SWAP))
                    .as("%s", routine)
                    .isInstanceOf(FramesToldApart.class)
                    .hasMessageContaining("frames of blocks 0 and 1 are told apart")
                    .message()
                    .containsPattern("FramesTest\\." + routine.getClass().getSimpleName()
                            + "\\.run\\(FramesTest\\.java:\\d+\\)");
        }
        assertThatThrownBy(() -> Learned.complete(new TellsItsFrameByPanic()).renamed(SWAP))
                .isInstanceOf(FramesToldApart.class);
    }
}
