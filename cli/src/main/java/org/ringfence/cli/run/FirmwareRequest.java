package org.ringfence.cli.run;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.ringfence.cli.casefile.BadInput;
import org.ringfence.cli.casefile.Quoted;
import org.ringfence.cli.judge.Interrupt;
import org.ringfence.cli.judge.ProgressLine;
import org.ringfence.platform.life.BootMap;
import org.ringfence.platform.life.FirmwareBoots;
import org.ringfence.platform.life.FirmwareRun;
import org.ringfence.stack.guest.uefi.dma.Protection;

/**
 * Plays the boots of firmware that a command line asks for.
 *
 * @param memoryMap the file with the memory map; null for a guest of a size
 * @param descriptorSize of a file of descriptors; empty for one of text
 * @param memory of a guest without a map; null for the default
 * @param operations how often drivers call Map
 * @param pool on, off, or both
 */
public record FirmwareRequest(
        String platform,
        @Nullable String memoryMap,
        OptionalLong descriptorSize,
        @Nullable Long memory,
        long operations,
        String pool,
        long seed,
        Duration timeout) {
    /** The stage, as --until names it. */
    public static final String UNTIL = "exit-boot-services";

    /** Operations where nobody names a number: those of a boot of grub, about. */
    public static final long OPERATIONS = 5000;

    private static final long MOST_OPERATIONS = 10_000_000;
    private static final long USUAL_MEMORY = 256L << 20;

    public FirmwareRequest {
        if (operations < 1 || operations > MOST_OPERATIONS) {
            throw new IllegalArgumentException(
                    "--operations is %d; allowed are 1 to %d".formatted(operations, MOST_OPERATIONS));
        }
        if (memoryMap != null && memory != null) {
            throw new IllegalArgumentException("--memory makes no sense with --memory-map, which tells of all memory");
        }
        if (memoryMap == null && descriptorSize.isPresent()) {
            throw new IllegalArgumentException("--descriptor-size makes no sense without --memory-map FILE");
        }
    }

    private Protection on() {
        return switch (platform) {
            case "sev" -> Protection.SEV;
            case "snp" -> Protection.SNP;
            case "tdx" -> Protection.TDX;
            default ->
                throw new IllegalArgumentException("unknown platform %s; allowed with --until %s are sev, snp, tdx"
                        .formatted(Quoted.of(platform), UNTIL));
        };
    }

    private List<Boolean> pools() {
        return switch (pool.toLowerCase(Locale.ROOT)) {
            case "both" -> List.of(true, false);
            case "on" -> List.of(true);
            case "off" -> List.of(false);
            default ->
                throw new IllegalArgumentException(
                        "--pool is %s; allowed are on, off, both".formatted(Quoted.of(pool)));
        };
    }

    private BootMap map(Path workingDirectory, Protection on) throws BadInput {
        if (memoryMap == null) {
            return BootMap.ofSize(memory == null ? USUAL_MEMORY : memory, on != Protection.SEV);
        }
        return new HostFiles(workingDirectory).guestMap(memoryMap, descriptorSize);
    }

    /** Plays it: the boots with and without a pool, as far as time allows. */
    public Told play(Path workingDirectory, ProgressLine progress, Interrupt interrupt) throws BadInput {
        long begun = System.nanoTime();
        Protection on = on();
        List<Boolean> pools = pools();
        BootMap map = map(workingDirectory, on);
        List<FirmwareRun> runs = new ArrayList<>();
        try (ProgressLine.Telling telling = progress.tell(platform + " firmware")) {
            for (boolean withPool : pools) {
                runs.add(FirmwareBoots.play(on, map, (int) operations, withPool, seed, how -> {
                    telling.show(how);
                    return !interrupt.isRequested() && System.nanoTime() - begun <= timeout.toNanos();
                }));
                if (runs.getLast().stopped().isPresent()) {
                    break;
                }
            }
        }
        return new Told(this, map, runs);
    }

    /**
     * What came of it.
     *
     * @param runs with the pool first
     */
    public record Told(FirmwareRequest request, BootMap map, List<FirmwareRun> runs) {
        public Told {
            runs = List.copyOf(runs);
        }

        /** Whether a limit or an interrupt came first. */
        public boolean isStopped() {
            return runs.getLast().stopped().isPresent();
        }

        /** Whether all went as it should. */
        public boolean isGood() {
            return runs.stream().allMatch(FirmwareRun::isGood);
        }

        double seconds() {
            return runs.stream().mapToDouble(FirmwareRun::seconds).sum();
        }

        /** What else a reader should know. */
        List<String> notes() {
            List<String> notes = new ArrayList<>();
            if (map.leftOut() > 0) {
                notes.add("%d ranges of the memory map above all memory are left out".formatted(map.leftOut()));
            }
            if (runs.stream().anyMatch(run -> run.statuses().size() > 1)) {
                notes.add(
                        "the first ExitBootServices failed, as the firmware had accepted all memory and the map changed");
            }
            return notes;
        }
    }
}
