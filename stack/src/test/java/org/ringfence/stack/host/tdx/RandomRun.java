package org.ringfence.stack.host.tdx;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.SynchronousQueue;
import org.jspecify.annotations.Nullable;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Cpus;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Outcome;
import org.ringfence.machine.operation.Panic;
import org.ringfence.machine.operation.Routine;
import org.ringfence.machine.operation.RunningCpu;
import org.ringfence.machine.state.State;
import org.ringfence.machine.vocabulary.Form;

/**
 * Runs routines on one machine, one operation at a time, in an order drawn at random; until the guests have ended, or
 * nobody can move.
 */
final class RandomRun {

    /** How a run ended. */
    enum End {
        GUESTS_DONE,
        NOBODY_CAN_MOVE
    }

    private final Machine machine;
    private final State state;
    private final Random random;
    private final List<Runner> runners = new ArrayList<>();
    final List<String> trace = new ArrayList<>();

    RandomRun(Machine machine, State state, Random random) {
        this.machine = machine;
        this.state = state;
        this.random = random;
    }

    void add(Actor actor, Routine<?> routine, boolean guest) {
        runners.add(new Runner(actor, routine, guest));
    }

    End run() {
        runners.forEach(Runner::start);
        try {
            while (runners.stream().anyMatch(runner -> runner.guest && !runner.ended)) {
                List<Runner> left = new ArrayList<>(runners);
                boolean moved = false;
                while (!moved && !left.isEmpty()) {
                    moved = left.remove(random.nextInt(left.size())).step();
                }
                if (!moved) {
                    return End.NOBODY_CAN_MOVE;
                }
            }
            return End.GUESTS_DONE;
        } finally {
            runners.forEach(runner -> runner.thread.interrupt());
        }
    }

    /** One actor: a thread that hands over each operation and waits for its code. */
    private final class Runner extends RunningCpu {
        private final Actor actor;
        private final boolean guest;
        private final Thread thread;
        private final SynchronousQueue<Object> asked = new SynchronousQueue<>();
        private final SynchronousQueue<Long> codes = new SynchronousQueue<>();
        private @Nullable Operation<?> pending;
        private boolean ended;

        Runner(Actor actor, Routine<?> routine, boolean guest) {
            this.actor = actor;
            this.guest = guest;
            this.thread = Thread.ofVirtual().unstarted(() -> {
                String end = "ends";
                try {
                    call(routine);
                } catch (Panic panic) {
                    end = "panics: " + panic.reason();
                } catch (Stopped _) {
                    return;
                }
                hand(end);
            });
        }

        void start() {
            thread.start();
            take();
        }

        boolean step() {
            if (pending == null) {
                return false;
            }
            Operation<?> operation = pending;
            if (guest && machine.part(Cpus.class).isWithHost(state, actor.index())) {
                return false;
            }
            state.forgetObserved();
            long outcome = operation.on(machine, actor).take(state);
            if (outcome == Outcome.WAITS) {
                return false;
            }
            int choices = Outcome.choices(outcome);
            long code = choices > 0 ? random.nextInt(choices) : outcome;
            trace.add(actor + ": " + Form.text(operation) + " = "
                    + (code >= 0 ? operation.results().print(code) : code == Outcome.EXITS ? "exits" : "calls"));
            if (code >= 0) {
                pending = null;
                try {
                    codes.put(code);
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
                take();
            }
            return true;
        }

        private void take() {
            try {
                switch (asked.take()) {
                    case Operation<?> operation -> pending = operation;
                    case String end -> {
                        ended = true;
                        trace.add(actor + " " + end);
                    }
                    default -> throw new IllegalStateException("neither an operation nor an end");
                }
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }

        private void hand(Object what) {
            try {
                asked.put(what);
            } catch (InterruptedException e) {
                throw new Stopped();
            }
        }

        @Override
        public <R> R ask(Operation<R> operation) {
            hand(operation);
            try {
                return operation.results().decode(codes.take(), this);
            } catch (InterruptedException e) {
                throw new Stopped();
            }
        }
    }

    private static final class Stopped extends Error {
        private static final long serialVersionUID = 1;

        Stopped() {
            super("stopped", null, false, false);
        }
    }
}
