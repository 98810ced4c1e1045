package org.ringfence.platform.life;

import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import org.ringfence.machine.memory.Loaded;
import org.ringfence.machine.memory.Value;
import org.ringfence.stack.guest.linux.EfiStub;
import org.ringfence.stack.guest.linux.KernelAcceptance;
import org.ringfence.stack.guest.linux.MemoryDescriptor;
import org.ringfence.stack.guest.linux.TableRefused;
import org.ringfence.stack.guest.linux.UnacceptedTable;

/**
 * What a guest's software does in its life, from firmware to the second kernel. It asks for everything by its vCPU, so
 * that what is played here can be learned as any other routine.
 */
final class KernelLife {
    /** Blocks of the page allocator: MAX_PAGE_ORDER. */
    private static final long BLOCK = 4L << 20;

    /** One of so many touches converts its page to shared, and back. */
    private static final int CONVERTS = 256;

    private static final int SECOND_KERNEL = 4;

    /** Follows a life; of no account to the guest. */
    interface Onlooker {
        /** Nobody follows. */
        Onlooker NOBODY = new Onlooker() {
            @Override
            public void begins(LifeStage stage, long units) {}

            @Override
            public void reached(long units) {}

            @Override
            public void turns(long turn) {}

            @Override
            public void read(int page, Loaded found) {}

            @Override
            public void midway(int page) {}

            @Override
            public void worked() {}
        };

        /** A stage begins, with so many units to do; 0 where nobody knows. */
        void begins(LifeStage stage, long units);

        /** How much of the stage is done. */
        void reached(long units);

        /** Another vCPU goes on: the one whose turn it is. */
        void turns(long turn);

        /** A private page was read. */
        void read(int page, Loaded found);

        /** Half of the workload is done, and the page was just used. */
        void midway(int page);

        /** The workload has ended. */
        void worked();
    }

    private final LifeOptions options;
    private final LifeMap map;
    private final ProtectedGuest guest;
    private final Onlooker onlooker;
    /** Pages that hold something of the workload's. */
    private final BitSet used = new BitSet();
    private long converted;

    KernelLife(LifeOptions options, ProtectedGuest guest, Onlooker onlooker) {
        this.options = options;
        this.map = LifeMap.of(options);
        this.guest = guest;
        this.onlooker = onlooker;
    }

    /** Bytes that were made shared or private. */
    long converted() {
        return converted;
    }

    /** The whole life. */
    void live() {
        onlooker.begins(LifeStage.FIRMWARE, 0);
        map.accepted().forEach(guest.arch()::accept);
        List<MemoryDescriptor> descriptors = map.descriptors();
        Optional<UnacceptedTable> table = EfiStub.allocate(descriptors);
        table.ifPresent(made -> new EfiStub(made, guest.arch()).processAll(descriptors));

        onlooker.begins(LifeStage.BOOT, options.acceptance() == Acceptance.EAGER ? map.memory() : 0);
        KernelAcceptance kernel = KernelAcceptance.linux(table, guest.arch());
        shareWithDevices(kernel);
        if (options.acceptance() == Acceptance.EAGER) {
            for (long block = 0; block < map.memory(); block += BLOCK) {
                onlooker.turns(block / BLOCK);
                kernel.accept(block, BLOCK);
                onlooker.reached(block);
            }
        }

        onlooker.begins(LifeStage.WORK, options.touches());
        work(kernel, options.touches(), options.seed(), true);
        onlooker.worked();

        onlooker.begins(LifeStage.READ_BACK, map.touchablePages());
        readBack();

        onlooker.begins(LifeStage.KEXEC, 0);
        convert(map.page(map.pool()), map.poolBytes() / LifeMap.PAGE, false);
        KernelAcceptance second = KernelAcceptance.linux(table.map(KernelLife::handOn), guest.arch());
        shareWithDevices(second);
        work(second, options.touches() / SECOND_KERNEL, options.seed() + 1, false);
    }

    private void shareWithDevices(KernelAcceptance kernel) {
        kernel.accept(map.pool(), map.poolBytes());
        convert(map.page(map.pool()), map.poolBytes() / LifeMap.PAGE, true);
    }

    private void convert(int first, long count, boolean shared) {
        int most = HostFrames.SPAN;
        for (int page = first; page < first + count; page += most) {
            if (shared) {
                guest.share(page, most);
            } else {
                guest.unshare(page, most);
            }
            converted += most * LifeMap.PAGE;
        }
    }

    /** The kernel that kexec starts finds the table where it was, and goes on with its bits. */
    private static UnacceptedTable handOn(UnacceptedTable table) {
        try {
            return UnacceptedTable.read(table.write());
        } catch (TableRefused refused) {
            throw new IllegalStateException("a table that was written is none", refused);
        }
    }

    private void work(KernelAcceptance kernel, long touches, long seed, boolean first) {
        PageOrder order = new PageOrder(options.order(), map.touchablePages(), touches, seed);
        for (long touch = 0; touch < touches; touch++) {
            int page = map.touched(order.next());
            long block = page * LifeMap.PAGE / BLOCK * BLOCK;
            onlooker.turns(touch);
            if (kernel.contains(block, BLOCK)) {
                kernel.accept(block, BLOCK);
            }
            guest.store(page, (page ^ touch) % 2 == 0 ? Value.DATA : Value.NEWER);
            used.set(page);
            read(page);
            if (first && touch == touches / 2) {
                onlooker.midway(page);
            }
            if (touch % CONVERTS == CONVERTS - 1) {
                used.clear(page);
                guest.share(page, 1);
                guest.unshare(page, 1);
                converted += 2 * LifeMap.PAGE;
            }
            onlooker.reached(touch);
        }
    }

    private void readBack() {
        long n = 0;
        for (int page = used.nextSetBit(0); page >= 0; page = used.nextSetBit(page + 1)) {
            onlooker.turns(n++);
            read(page);
            onlooker.reached(page);
        }
    }

    private void read(int page) {
        onlooker.read(page, guest.load(page));
    }
}
