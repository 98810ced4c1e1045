package org.ringfence.platform.life;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.ringfence.machine.operation.Property;
import org.ringfence.stack.guest.uefi.EfiStatus;
import org.ringfence.stack.guest.uefi.memory.FirmwareMemory.Range;

/**
 * A boot of firmware, or what of it there was.
 *
 * @param pool whether there was a reserved pool
 * @param work what the IOMMU driver did in each stage that it took part in
 * @param stages what each stage that was begun took, in their order
 * @param calls how often each operation was performed, by its mnemonic
 * @param before the memory map when the loader asks for it
 * @param after the memory map that the operating system has
 * @param statuses of ExitBootServices, one for each call
 * @param key of the loader's last copy of the map; 0 where there is none
 * @param keyAfter the key when all handlers had run
 * @param death why the firmware could not go on
 * @param broken promises that broke
 * @param stopped in which stage a limit or an interrupt came first
 */
public record FirmwareRun(
        boolean pool,
        Map<LifeStage, Work> work,
        Map<LifeStage, LifeRun.StageTime> stages,
        Map<String, Long> calls,
        List<Range> before,
        List<Range> after,
        List<EfiStatus> statuses,
        long key,
        long keyAfter,
        Optional<String> death,
        Set<Property> broken,
        Optional<String> stopped,
        double seconds) {

    /**
     * What the IOMMU driver did.
     *
     * @param toShared 4K pages that it made shared
     * @param toPrivate 4K pages that it made private
     * @param requests exits in which the guest asks the host to convert: VMGEXIT, TDG.VP.VMCALL
     * @param faults exits in which the host has to map a page
     * @param copied bytes
     */
    public record Work(long toShared, long toPrivate, long requests, long faults, long copied) {
        /** Nothing. */
        public static final Work NONE = new Work(0, 0, 0, 0, 0);

        /** Both. */
        public Work plus(Work other) {
            return new Work(
                    toShared + other.toShared,
                    toPrivate + other.toPrivate,
                    requests + other.requests,
                    faults + other.faults,
                    copied + other.copied);
        }

        Work minus(Work other) {
            return new Work(
                    toShared - other.toShared,
                    toPrivate - other.toPrivate,
                    requests - other.requests,
                    faults - other.faults,
                    copied - other.copied);
        }
    }

    public FirmwareRun {
        work = Collections.unmodifiableMap(new LinkedHashMap<>(work));
        stages = Collections.unmodifiableMap(new LinkedHashMap<>(stages));
        calls = Collections.unmodifiableMap(new LinkedHashMap<>(calls));
        before = List.copyOf(before);
        after = List.copyOf(after);
        statuses = List.copyOf(statuses);
        broken = Collections.unmodifiableSet(new TreeSet<>(broken));
    }

    /** All that the IOMMU driver did. */
    public Work total() {
        return work.values().stream().reduce(Work.NONE, Work::plus);
    }

    /** Whether boot services are over, all mappings undone, and the loader's copy of the map is true. */
    public boolean isGood() {
        return stopped.isEmpty() && death.isEmpty() && broken.isEmpty()
                && !statuses.isEmpty() && !statuses.getLast().isError() && key == keyAfter;
    }
}
