package org.ringfence.platform.life;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.ringfence.checker.explore.Software;
import org.ringfence.checker.learn.Budget;
import org.ringfence.checker.learn.Learner;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Cpus;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Outcome;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.operation.Routine;
import org.ringfence.machine.snp.psc.PageStateChange;
import org.ringfence.machine.state.Layout;
import org.ringfence.machine.state.State;
import org.ringfence.machine.tdx.td.Tdx;
import org.ringfence.platform.cost.CostTable;

/**
 * What {@code run} logs is a path of what {@code check} explores: the guest's operations one of the automaton that the
 * checker learns of its software, and each operation, the host's too, a move of the machine with the logged result.
 */
class LogAgainstAutomatonTest {
    private static final String VCPU = "vCPU 0";
    private static final long MEMORY = 64L << 20;
    private static final Budget BUDGET = new Budget(100_000, 100_000, 1 << 20, false);

    /** The guest's software as a routine. */
    private record GuestLife(boolean tdx, Acceptance acceptance, BackingSize backing, TouchOrder order, long seed)
            implements
                Routine<Done> {
        LifeOptions options() {
            return new LifeOptions(MEMORY, 1, acceptance, backing, order, 0, seed, Optional.empty());
        }

        @Override
        public Done run(Cpu cpu) {
            ProtectedGuest guest = tdx ? new TdxGuest(cpu) : new SnpGuest(cpu);
            new KernelLife(options(), guest, KernelLife.Onlooker.NOBODY).live();
            return Done.DONE;
        }
    }

    /** A line of the log. */
    private record Performed(String actor, Operation<?> operation, long outcome) {}

    private static List<Performed> played(GuestLife life) {
        List<Performed> log = new ArrayList<>();
        LifeRun run = Lives.play(
                life.tdx ? "tdx" : "snp", life.options(), _ -> true,
                Optional.of((_, actor, operation, outcome) -> log.add(new Performed(actor, operation, outcome))),
                CostTable.defaults());
        assertThat(run.isGood()).as(run.toString()).isTrue();
        return log;
    }

    @ParameterizedTest
    @CsvSource({
        "true, LAZY, LARGE, RANDOM, 1",
        "true, LAZY, LARGE, ZIPF, 2",
        "true, EAGER, LARGE, SEQUENTIAL, 3",
        "false, LAZY, LARGE, RANDOM, 1",
        "false, LAZY, LARGE, ZIPF, 2",
        "false, EAGER, LARGE, SEQUENTIAL, 3"
    })
    void theGuestsOperationsAreAPathOfItsAutomaton(
            boolean tdx, Acceptance acceptance, BackingSize backing, TouchOrder order, long seed) {
        GuestLife life = new GuestLife(tdx, acceptance, backing, order, seed);
        Software software = Learner.learnLazily(life, BUDGET);
        List<Performed> guests = played(life).stream().filter(performed -> performed.actor.equals(VCPU)).toList();
        assertThat(guests).hasSizeGreaterThan(1000);
        assertThat(agreed(software, guests)).isEqualTo(guests.size());

        GuestLife other = new GuestLife(tdx, acceptance, backing, TouchOrder.RANDOM, seed + 100);
        assertThat(agreed(Learner.learnLazily(other, BUDGET), guests)).isLessThan(guests.size());
    }

    /** How many of these operations, from the first on, are those that the software asks for. */
    private static int agreed(Software software, List<Performed> guests) {
        int point = 0;
        for (int step = 0; step < guests.size(); step++) {
            Performed performed = guests.get(step);
            if (!performed.operation.equals(software.operation(point))) {
                return step;
            }
            // An exit, or a call that is asked again for its answer, stays where it is.
            boolean answered = performed.outcome == Outcome.CALLS && performed.operation instanceof PageStateChange;
            if (performed.outcome >= 0 || answered) {
                point = software.next(point, answered ? PageStateChange.OK : performed.outcome);
            }
        }
        return software.end(point) == Software.End.DONE ? guests.size() : -1;
    }

    @ParameterizedTest
    @CsvSource({
        "true, LAZY, LARGE, RANDOM, 1",
        "true, EAGER, SMALL, ZIPF, 2",
        "false, LAZY, LARGE, RANDOM, 1",
        "false, EAGER, SMALL, ZIPF, 2"
    })
    void eachOperationIsAMoveOfTheMachineWithTheLoggedResult(
            boolean tdx, Acceptance acceptance, BackingSize backing, TouchOrder order, long seed) {
        GuestLife life = new GuestLife(tdx, acceptance, backing, order, seed);
        List<Performed> log = played(life);
        Fresh fresh = tdx ? Fresh.tdx(life.options()) : Fresh.snp(life.options());
        Actor vcpu = new Actor(0, Principal.GUEST, VCPU);
        Actor host = new Actor(1, Principal.HOST, "host");
        for (Performed performed : log) {
            Actor actor = performed.actor.equals(VCPU) ? vcpu : host;
            assertThat(fresh.take(actor, performed.operation))
                    .as("%s by %s", performed.operation, performed.actor).isEqualTo(performed.outcome);
        }
    }

    /** A machine on which nothing has happened yet. */
    private record Fresh(Machine machine, State state) {
        static Fresh tdx(LifeOptions options) {
            Layout.Placed<TdxLifeMachine> placed = TdxLifeMachine.place(options, TdxLifeMachine.cryptographic());
            Machine machine = placed.machine().machine();
            State state = placed.layout().newState();
            machine.part(Tdx.class).start(state);
            return new Fresh(machine, state);
        }

        static Fresh snp(LifeOptions options) {
            Layout.Placed<SnpLifeMachine> placed = SnpLifeMachine.place(options);
            Machine machine = placed.machine().machine();
            State state = placed.layout().newState();
            machine.part(Cpus.class).status().set(state, 0, Cpus.Status.EXITED);
            return new Fresh(machine, state);
        }

        long take(Actor actor, Operation<?> operation) {
            Cpus cpus = machine.part(Cpus.class);
            if (actor.name().equals(VCPU)
                    && machine.find(Tdx.class).isEmpty()
                    && cpus.status().is(state, 0, Cpus.Status.ANSWERED)) {
                cpus.takeAnswer(state, 0);
            }
            return operation.on(machine, actor).take(state);
        }
    }
}
