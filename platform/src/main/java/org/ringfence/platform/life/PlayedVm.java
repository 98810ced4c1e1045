package org.ringfence.platform.life;

import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.ringfence.machine.memory.Ledger;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Outcome;
import org.ringfence.machine.operation.Panic;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.state.State;

/** A VM on a machine of real size: how its vCPUs and its host perform operations, whatever protects it. */
abstract sealed class PlayedVm implements ProtectedVm, GuestCpu permits SnpVm, TdxVm {
    static final int SPAN = HostFrames.SPAN;
    static final long PAGE = LifeMap.PAGE;

    final LifeOptions options;
    final Machine machine;
    final State state;
    final LifeWatch watch;
    final HostFrames frames;
    final Actor host;
    final List<Actor> vcpus;
    int current;
    private final Ledger ledger;
    private Optional<String> death = Optional.empty();

    /** On a machine of {@code frames} 4K frames. */
    PlayedVm(LifeOptions options, Machine machine, int frames, Actor host, State state, LifeWatch watch) {
        this.options = options;
        this.machine = machine;
        this.state = state;
        this.watch = watch;
        this.ledger = machine.part(Ledger.class);
        this.frames = new HostFrames(frames);
        this.host = host;
        this.vcpus = IntStream.range(0, options.cpus())
                .mapToObj(i -> new Actor(i, Principal.GUEST, "vCPU " + i))
                .toList();
    }

    /** The host's actor, behind those of the vCPUs. */
    static Actor hostOf(LifeOptions options) {
        return new Actor(options.cpus(), Principal.HOST, "host");
    }

    // ---- performing

    final long take(Actor actor, Operation<?> operation) {
        happens();
        state.forgetObserved();
        long outcome = operation.on(machine, actor).take(state);
        watch.performed(actor.name(), operation, outcome, state.observed());
        return outcome;
    }

    /** An operation is performed now. */
    void happens() {}

    /** The host performs what must succeed. */
    final void must(Operation<?> operation) {
        must(host, operation);
    }

    final void must(Actor actor, Operation<?> operation) {
        long outcome = take(actor, operation);
        if (outcome != 0) {
            throw new IllegalStateException(operation + " ends with "
                    + (outcome < 0 ? "no result" : operation.results().print(outcome)));
        }
    }

    @Override
    public long guest(Operation<?> operation) {
        while (true) {
            long outcome = attempt(operation);
            if (outcome >= 0) {
                return outcome;
            }
            giveWay(outcome);
        }
    }

    /** The guest performs the operation once. */
    long attempt(Operation<?> operation) {
        return take(vcpus.get(current), operation);
    }

    /** What the guest asked for did not end: the host serves its exit. */
    final void giveWay(long outcome) {
        if (outcome == Outcome.WAITS) {
            throw new GuestGone("vCPU %d cannot run any more".formatted(current));
        }
        serve();
    }

    /** The host serves the exit of the current vCPU. */
    abstract void serve();

    // ---- the guest

    @Override
    public final void choose(int vcpu) {
        current = vcpu;
    }

    @Override
    public final int owed(int page) {
        return ledger.latest().ordinal(state, page);
    }

    // ---- misbehaviour

    @Override
    public final Optional<String> death() {
        return death;
    }

    /** The guest reads the page after what the host did, which must end it. */
    final LifeRun.Outcome ends(String did, int page) {
        try {
            return new LifeRun.Outcome(did, "the guest read " + guest().load(page), false);
        } catch (GuestGone | Panic gone) {
            String why = String.valueOf(gone.getMessage());
            death = Optional.of(why);
            return new LifeRun.Outcome(did, why, true);
        }
    }
}
