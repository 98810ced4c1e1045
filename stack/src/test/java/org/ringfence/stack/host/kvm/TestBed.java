package org.ringfence.stack.host.kvm;

import java.util.Random;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.Memory;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Answer;
import org.ringfence.machine.operation.Cpus;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Outcome;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.operation.Routine;
import org.ringfence.machine.operation.RunningCpu;
import org.ringfence.machine.snp.Snp;
import org.ringfence.machine.snp.psc.PageStateChange;
import org.ringfence.machine.snp.rmp.RmpOptions;
import org.ringfence.machine.state.Declaration;
import org.ringfence.machine.state.Layout;
import org.ringfence.machine.state.State;

/**
 * A guest that is driven by a test, and a host whose routine runs whenever the guest is with it, until it waits.
 * Choices are random.
 */
final class TestBed {
    static final Actor GUEST = new Actor(0, Principal.GUEST, "guest");
    static final Actor INNER = new Actor(1, Principal.INNER_GUEST, "l2");
    static final Actor HOST = new Actor(2, Principal.HOST, "host");

    /** The host's routine has ended: it gave the VM up. */
    static final class GivenUp extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    /** The host's routine waits. */
    private static final class Idle extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    record Parts(Cpus cpus, Snp snp, Memory memory, FramePool pool) {
        static Parts declare(Declaration declaration, Geometry geometry, RmpOptions options) {
            Cpus cpus = Cpus.declare(declaration, 3, PageStateChange.KNOWN_ANSWERS);
            return new Parts(
                    cpus,
                    Snp.declare(declaration, geometry, options, cpus, 2),
                    Memory.declare(declaration, geometry, Snp.GUEST_KEY),
                    FramePool.declare(declaration, geometry));
        }
    }

    private final Random random;
    private final Machine machine;
    private final Routine<?> host;
    final Parts parts;
    final State state;

    TestBed(Hosting hosting, RmpOptions options, long seed) {
        Geometry geometry = hosting.geometry();
        Layout.Placed<Parts> placed = Layout.of(
                Layout.Storage.PACKED,
                geometry.frames(),
                geometry.smallPerLarge(),
                declaration -> Parts.declare(declaration, geometry, options));
        this.random = new Random(seed);
        this.parts = placed.machine();
        this.machine = Machine.of(parts.cpus(), parts.snp(), parts.memory(), parts.pool());
        this.host = new ServeGuest(2, hosting);
        this.state = placed.layout().newState();
    }

    /** The result of an operation of {@code actor}, after the host has served every exit on the way. */
    <R> R ask(Actor actor, Operation<R> operation) {
        for (int exits = 0; exits < 10; exits++) {
            long outcome = operation.on(machine, actor).take(state);
            if (outcome >= 0) {
                return operation.results().decode(outcome, new HostCpu());
            }
            serve();
            if (outcome == Outcome.CALLS) {
                return operation.results().decode(parts.cpus().takeAnswer(state, actor.index()), new HostCpu());
            }
        }
        throw new AssertionError("the host has resumed the guest ten times, and still it exits: " + operation);
    }

    private void serve() {
        try {
            new HostCpu().call(host);
        } catch (Idle idle) {
            return;
        }
        throw new GivenUp();
    }

    /** Runs a routine of the host at once. */
    private final class HostCpu extends RunningCpu {
        @Override
        public <R> R ask(Operation<R> operation) {
            long outcome = operation.on(machine, HOST).take(state);
            if (outcome == Outcome.WAITS) {
                throw new Idle();
            }
            int choices = Outcome.choices(outcome);
            return operation.results().decode(choices > 0 ? random.nextInt(choices) : outcome, this);
        }
    }

    /** Whether the host answered that it did as asked. */
    boolean changed(PageStateChange request) {
        Answer answer = ask(GUEST, request);
        return answer.is(PageStateChange.OK);
    }
}
