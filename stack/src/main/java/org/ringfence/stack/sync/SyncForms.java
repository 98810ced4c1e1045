package org.ringfence.stack.sync;

import java.util.List;
import java.util.stream.Stream;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.vocabulary.Form;

/** The operations on locks, counts, counters and grace periods as text. */
public final class SyncForms {
    private SyncForms() {}

    /** All of them. */
    public static List<Form> all() {
        return Stream.of(
                form("lock", LockOperation.TakeLock.class),
                form("try lock", LockOperation.TryLock.class),
                form("unlock", LockOperation.GiveLock.class),
                form("read lock", LockOperation.TakeReadLock.class),
                form("try read lock", LockOperation.TryReadLock.class),
                form("read unlock", LockOperation.GiveReadLock.class),
                form("make object", ReferenceCounts.MakeObject.class),
                form("take reference", ReferenceCounts.TakeReference.class),
                form("try reference", ReferenceCounts.TryReference.class),
                form("give reference", ReferenceCounts.GiveReference.class),
                form("read sequence", SequenceCounters.ReadSequence.class),
                form("compare sequence", SequenceCounters.HasSequenceMoved.class),
                form("begin sequence", SequenceCounters.BeginSequence.class),
                form("end sequence", SequenceCounters.EndSequence.class),
                form("begin read", GracePeriods.BeginRead.class),
                form("end read", GracePeriods.EndRead.class),
                form("begin grace period", GracePeriods.BeginGracePeriod.class),
                form("await grace period", GracePeriods.AwaitGracePeriod.class))
                .toList();
    }

    private static Form form(String mnemonic, Class<?> type) {
        return Form.told(mnemonic, type, Principal.GUEST, Principal.HOST);
    }
}
