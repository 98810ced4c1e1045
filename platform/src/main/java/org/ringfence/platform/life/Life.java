package org.ringfence.platform.life;

import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.ringfence.machine.memory.Loaded;
import org.ringfence.machine.memory.Value;
import org.ringfence.machine.operation.Panic;
import org.ringfence.machine.operation.Property;
import org.ringfence.stack.guest.linux.EfiStub;
import org.ringfence.stack.guest.linux.KernelAcceptance;
import org.ringfence.stack.guest.linux.MemoryDescriptor;
import org.ringfence.stack.guest.linux.PhysicalRange;
import org.ringfence.stack.guest.linux.TableRefused;
import org.ringfence.stack.guest.linux.UnacceptedTable;

/**
 * A VM's life, stage by stage: the host makes itself ready and builds the VM; firmware accepts its part of memory and
 * the EFI stub notes the rest in a table; a Linux kernel shares memory with devices and accepts the rest at once or as
 * a workload touches it; kexec hands the table on; the VM stops and the host takes every page back.
 *
 * <p>Whatever the guest reads through a private mapping is compared with what it is owed, by the machine's ledger as in
 * the checker, and here once more.
 */
final class Life {
    /** Blocks of the page allocator: MAX_PAGE_ORDER. */
    private static final long BLOCK = 4L << 20;

    /** One of so many touches converts its page to shared, and back. */
    private static final int CONVERTS = 256;

    private static final int SECOND_KERNEL = 4;

    private final LifeOptions options;
    private final GuestMap map;
    private final ProtectedVm vm;
    private final LifeWatch watch;
    private final Map<String, Long> figures = new LinkedHashMap<>();
    private long reads;
    private long converted;
    private Map<String, Long> pages = Map.of();
    private Optional<LifeRun.Outcome> misdeed = Optional.empty();
    private Optional<String> death = Optional.empty();

    Life(LifeOptions options, ProtectedVm vm, LifeWatch watch) {
        this.options = options;
        this.map = GuestMap.of(options);
        this.vm = vm;
        this.watch = watch;
    }

    /** Plays it. */
    LifeRun play() {
        Optional<String> stopped = Optional.empty();
        long leaked = 0;
        try {
            watch.begin(Stage.HOST, 0);
            vm.prepare();
            try {
                live();
            } catch (GuestGone gone) {
                death = Optional.of(String.valueOf(gone.getMessage()));
            } catch (Panic panic) {
                death = Optional.of("the kernel panics: " + panic.getMessage());
            }
            if (pages.isEmpty()) {
                pages = vm.pages();
            }
            watch.begin(Stage.SHUTDOWN, 0);
            vm.shutDown();
            watch.begin(Stage.RECLAIM, 0);
            vm.reclaim();
            misdeed = vm.found().or(() -> misdeed);
            leaked = vm.leaked();
        } catch (LifeStopped early) {
            stopped = Optional.of(String.valueOf(early.getMessage()));
        }
        watch.end();
        figures.put("converted to shared or back", converted);
        Set<Property> broken = EnumSet.noneOf(Property.class);
        broken.addAll(watch.broken());
        if (misdeed.isPresent()) {
            // A host that misbehaves may end its guest.
            broken.remove(Property.AVAILABILITY);
        }
        return new LifeRun(
                watch.times(), watch.calls(), watch.exits(), pages, figures, reads, misdeed, death, leaked,
                broken, watch.notes(), stopped, watch.seconds());
    }

    private void live() {
        watch.begin(Stage.LAUNCH, 0);
        vm.launch(map.page(map.image()), map.imagePages());

        watch.begin(Stage.FIRMWARE, 0);
        vm.arch().accept(new PhysicalRange(0, map.low()));
        List<MemoryDescriptor> descriptors = map.descriptors();
        Optional<UnacceptedTable> table = EfiStub.allocate(descriptors);
        table.ifPresent(made -> new EfiStub(made, vm.arch()).processAll(descriptors));

        watch.begin(Stage.BOOT, options.acceptance() == Acceptance.EAGER ? map.memory() : 0);
        KernelAcceptance kernel = KernelAcceptance.linux(table, vm.arch());
        shareWithDevices(kernel);
        if (options.acceptance() == Acceptance.EAGER) {
            for (long block = 0; block < map.memory(); block += BLOCK) {
                vm.choose((int) (block / BLOCK % options.cpus()));
                kernel.accept(block, BLOCK);
                watch.reached(block);
            }
        }

        watch.begin(Stage.WORK, options.touches());
        work(kernel, options.touches(), options.seed(), options.misdeed());
        pages = vm.pages();

        watch.begin(Stage.READ_BACK, map.touchable());
        readBack();

        watch.begin(Stage.KEXEC, 0);
        convert(map.page(map.pool()), map.poolBytes() / GuestMap.PAGE, false);
        KernelAcceptance second = KernelAcceptance.linux(table.map(Life::handOn), vm.arch());
        shareWithDevices(second);
        work(second, options.touches() / SECOND_KERNEL, options.seed() + 1, Optional.empty());
    }

    private void shareWithDevices(KernelAcceptance kernel) {
        kernel.accept(map.pool(), map.poolBytes());
        convert(map.page(map.pool()), map.poolBytes() / GuestMap.PAGE, true);
    }

    private void convert(int first, long count, boolean shared) {
        int most = HostFrames.SPAN;
        for (int page = first; page < first + count; page += most) {
            if (shared) {
                vm.share(page, most);
            } else {
                vm.unshare(page, most);
            }
            converted += most * GuestMap.PAGE;
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

    private void work(KernelAcceptance kernel, long touches, long seed, Optional<Misdeed> wanted) {
        PageOrder order = new PageOrder(options.order(), map.touchable(), touches, seed);
        for (long touch = 0; touch < touches; touch++) {
            int page = map.touched(order.next());
            long block = page * GuestMap.PAGE / BLOCK * BLOCK;
            vm.choose((int) (touch % options.cpus()));
            if (kernel.contains(block, BLOCK)) {
                kernel.accept(block, BLOCK);
            }
            vm.store(page, (page ^ touch) % 2 == 0 ? Value.DATA : Value.NEWER);
            read(page);
            if (wanted.isPresent() && touch == touches / 2) {
                misdeed = Optional.of(vm.misbehave(wanted.get(), page));
                if (vm.death().isPresent()) {
                    throw new GuestGone(vm.death().get());
                }
            }
            if (touch % CONVERTS == CONVERTS - 1) {
                vm.share(page, 1);
                vm.unshare(page, 1);
                converted += 2 * GuestMap.PAGE;
            }
            watch.reached(touch);
        }
    }

    private void readBack() {
        for (long n = 0; n < map.touchable(); n++) {
            int page = map.touched(n);
            if (vm.isLive(page)) {
                vm.choose((int) (n % options.cpus()));
                read(page);
            }
            if (n % (1 << 20) == 0) {
                watch.reached(n);
                watch.look();
            }
        }
    }

    private void read(int page) {
        long found = vm.load(page);
        reads++;
        if (found != vm.owed(page)) {
            watch.judge(Property.INTEGRITY.broken());
            watch.note("page %d read as %s, which is not what was written".formatted(
                    page, Loaded.values()[(int) found]));
        }
    }
}
