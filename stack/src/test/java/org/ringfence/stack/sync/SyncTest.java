package org.ringfence.stack.sync;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Cast;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Outcome;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.operation.Property;
import org.ringfence.machine.state.Layout;
import org.ringfence.machine.state.State;

class SyncTest {
    private static final List<Actor> ACTORS =
            List.of(new Actor(0, Principal.HOST, "one"), new Actor(1, Principal.HOST, "two"));
    private static final Cast CAST = Cast.of(ACTORS);

    private final Layout.Placed<Machine> placed = Layout.of(Layout.Storage.PACKED, 1, 1, declaration -> {
        Machine none = Machine.of();
        return Machine.of(
                Locks.Named.of("a").and(Locks.Named.of("b", "a")).declare(declaration, none, CAST),
                ReferenceCounts.Named.of("object").declare(declaration, none, CAST),
                SequenceCounters.Named.of("counter").declare(declaration, none, CAST),
                GracePeriods.PART.declare(declaration, none, CAST));
    });
    private final State state = placed.layout().newState();

    private long ask(int actor, Operation<?> operation) {
        state.forgetObserved();
        return operation.on(placed.machine(), ACTORS.get(actor)).take(state);
    }

    @Test
    void aLockIsHeldByOneOrReadByMany() {
        assertThat(ask(0, new LockOperation.TakeReadLock("a"))).isZero();
        assertThat(ask(1, new LockOperation.TakeReadLock("a"))).isZero();
        assertThat(ask(1, new LockOperation.TakeLock("a"))).isEqualTo(Outcome.WAITS);
        assertThat(ask(1, new LockOperation.TryLock("a"))).isZero();
        assertThat(ask(1, new LockOperation.TryLock("b"))).isEqualTo(1);
        assertThat(ask(0, new LockOperation.GiveReadLock("a"))).isZero();
        assertThat(ask(1, new LockOperation.GiveReadLock("a"))).isZero();
        assertThat(ask(1, new LockOperation.TakeLock("a"))).isZero();
        assertThat(ask(1, new LockOperation.TakeLock("a"))).as("it is not recursive").isEqualTo(Outcome.WAITS);
        assertThat(ask(0, new LockOperation.TakeReadLock("a"))).isEqualTo(Outcome.WAITS);
    }

    @Test
    void whoGivesBackALockThatAnotherHoldsIsStopped() {
        ask(0, new LockOperation.TakeLock("a"));
        ask(1, new LockOperation.GiveLock("a"));
        assertThat(Property.AVAILABILITY.isBrokenIn(state.observed())).isTrue();
        ask(0, new LockOperation.GiveLock("a"));
        assertThat(Property.AVAILABILITY.isBrokenIn(state.observed())).isFalse();
    }

    @Test
    void aReferenceToWhatIsGoneIsAUseAfterFree() {
        assertThat(ask(0, new ReferenceCounts.TryReference("object"))).isZero();
        ask(0, new ReferenceCounts.MakeObject("object"));
        assertThat(ask(1, new ReferenceCounts.TryReference("object"))).isEqualTo(1);
        assertThat(ask(0, new ReferenceCounts.GiveReference("object"))).isZero();
        assertThat(ask(1, new ReferenceCounts.GiveReference("object"))).as("it was the last").isEqualTo(1);
        ask(0, new ReferenceCounts.TakeReference("object"));
        assertThat(Property.HOST_SAFETY.isBrokenIn(state.observed())).isTrue();
        ask(0, new ReferenceCounts.GiveReference("object"));
        assertThat(Property.HOST_SAFETY.isBrokenIn(state.observed())).as("an underflow").isTrue();
    }

    @Test
    void aReaderLearnsThatAWriterCameBetween() {
        assertThat(ask(0, new SequenceCounters.ReadSequence("counter"))).isZero();
        assertThat(ask(0, new SequenceCounters.HasSequenceMoved("counter"))).isZero();
        ask(0, new SequenceCounters.ReadSequence("counter"));
        ask(1, new SequenceCounters.BeginSequence("counter"));
        assertThat(ask(0, new SequenceCounters.HasSequenceMoved("counter"))).isEqualTo(1);
        assertThat(ask(0, new SequenceCounters.ReadSequence("counter"))).isEqualTo(Outcome.WAITS);
        ask(1, new SequenceCounters.EndSequence("counter"));
        assertThat(ask(0, new SequenceCounters.ReadSequence("counter"))).isZero();
    }

    @Test
    void aGracePeriodWaitsForWhoWasReadingAndNotForWhoBeginsLater() {
        ask(0, new GracePeriods.BeginRead());
        ask(1, new GracePeriods.BeginGracePeriod());
        assertThat(ask(1, new GracePeriods.AwaitGracePeriod())).isEqualTo(Outcome.WAITS);
        ask(0, new GracePeriods.EndRead());
        ask(0, new GracePeriods.BeginRead());
        assertThat(ask(1, new GracePeriods.AwaitGracePeriod())).isZero();
    }
}
