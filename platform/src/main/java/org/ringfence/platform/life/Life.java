package org.ringfence.platform.life;

import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.ringfence.machine.memory.Loaded;
import org.ringfence.machine.operation.Panic;
import org.ringfence.machine.operation.Property;

/**
 * A VM's life, stage by stage: the host makes itself ready and builds the VM; firmware accepts its part of memory and
 * the EFI stub notes the rest in a table; a Linux kernel shares memory with devices and accepts the rest at once or as
 * a workload touches it; kexec hands the table on; the VM stops and the host takes every page back.
 *
 * <p>Whatever the guest reads through a private mapping is compared with what it is owed, by the machine's ledger as in
 * the checker, and here once more.
 */
final class Life implements KernelLife.Onlooker {
    private final LifeOptions options;
    private final LifeMap map;
    private final ProtectedVm vm;
    private final LifeWatch watch;
    private final Map<String, Long> figures = new LinkedHashMap<>();
    private long reads;
    private final KernelLife kernel;
    private Map<String, Long> pages = Map.of();
    private Optional<LifeRun.Outcome> misdeed = Optional.empty();
    private Optional<String> death = Optional.empty();

    Life(LifeOptions options, ProtectedVm vm, LifeWatch watch) {
        this.options = options;
        this.map = LifeMap.of(options);
        this.vm = vm;
        this.watch = watch;
        this.kernel = new KernelLife(options, vm.guest(), this);
    }

    /** Plays it. */
    LifeRun play() {
        Optional<String> stopped = Optional.empty();
        long leaked = 0;
        try {
            watch.begin(LifeStage.HOST, 0);
            vm.prepare();
            try {
                watch.begin(LifeStage.LAUNCH, 0);
                vm.launch(map.page(map.image()), map.imagePages());
                kernel.live();
            } catch (GuestGone gone) {
                death = Optional.of(String.valueOf(gone.getMessage()));
            } catch (Panic panic) {
                death = Optional.of("the kernel panics: " + panic.getMessage());
            }
            if (pages.isEmpty()) {
                pages = vm.pages();
            }
            watch.begin(LifeStage.SHUTDOWN, 0);
            vm.shutDown();
            watch.begin(LifeStage.RECLAIM, 0);
            vm.reclaim();
            misdeed = vm.found().or(() -> misdeed);
            leaked = vm.leaked();
        } catch (LifeStopped early) {
            stopped = Optional.of(String.valueOf(early.getMessage()));
        }
        watch.end();
        figures.put("converted to shared or back", kernel.converted());
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

    @Override
    public void begins(LifeStage stage, long units) {
        watch.begin(stage, units);
    }

    @Override
    public void reached(long units) {
        watch.reached(units);
    }

    @Override
    public void turns(long turn) {
        vm.choose((int) (turn % options.cpus()));
    }

    @Override
    public void read(int page, Loaded found) {
        reads++;
        if (found.ordinal() != vm.owed(page)) {
            watch.judge(Property.INTEGRITY.broken());
            watch.note("page %d read as %s, which is not what was written".formatted(page, found));
        }
    }

    @Override
    public void midway(int page) {
        if (options.misdeed().isPresent()) {
            misdeed = Optional.of(vm.misbehave(options.misdeed().get(), page));
            vm.death().ifPresent(why -> {
                throw new GuestGone(why);
            });
        }
    }

    @Override
    public void worked() {
        pages = vm.pages();
    }
}
