package org.ringfence.checker.check;

import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.ringfence.machine.operation.Adversary;
import org.ringfence.machine.operation.Adversary.Mode;
import org.ringfence.machine.operation.Principal;

/**
 * Who is not trusted, and how far: rows of a table. What they do then, {@link Adversary}s of platforms and of parts
 * say.
 *
 * @param rows in the order of the table
 */
public record ThreatModel(List<Row> rows) {

    /**
     * A threat model that has one principal in it.
     *
     * @param name in case files
     * @param mode null where it is trusted
     * @param assumes what it assumes, in three sentences
     */
    public record Row(String name, Principal principal, @Nullable Mode mode, String assumes) {}

    /** Every name there is. */
    private static final List<Row> TABLE = List.of(
            new Row(
                    "honest-host",
                    Principal.HOST,
                    null,
                    "Everyone runs its own software and nothing else. Calls may fail and memory may run out, "
                            + "and devices do their DMA whenever they like. What breaks breaks among honest parties: "
                            + "races, wrong orders, forgotten steps."),
            new Row(
                    "retroactive-host",
                    Principal.HOST,
                    Mode.RETROACTIVE,
                    "The host is honest until some instant, and forgets what it honestly handled when its "
                            + "software says so. From then on it reads all that it can reach: memory, freed and shared "
                            + "pages, stale lines. It writes nothing, so that only what was left behind can hurt."),
            new Row(
                    "malicious-host",
                    Principal.HOST,
                    Mode.MALICIOUS,
                    "The host runs no software of its own: it performs any operation of a host at any time, "
                            + "and answers anything. The guest, its firmware and the hardware do what they are written "
                            + "to do. It may always refuse to go on, so that availability is not judged."),
            new Row(
                    "malicious-vmm",
                    Principal.VMM,
                    Mode.MALICIOUS,
                    "The host's userspace makes any system call and reads and writes whatever it has mapped, at "
                            + "any time. The host's kernel, with KVM, and the hardware are honest. Judged is what "
                            + "becomes of the guest's memory, and of the kernel that lets userspace do so."),
            new Row(
                    "malicious-l2",
                    Principal.INNER_GUEST,
                    Mode.MALICIOUS,
                    "The operating system inside the guest performs any operation of its privilege at any "
                            + "time. The monitor above it, the host and the hardware are honest. Judged is what becomes "
                            + "of the monitor, and of memory that it was not given."),
            new Row(
                    "malicious-device",
                    Principal.DEVICE,
                    Mode.MALICIOUS,
                    "A device reads and writes by DMA, at any time, whatever page its IOMMU lets it. The "
                            + "host, the firmware and the hardware around it are honest. Encryption is no protection "
                            + "from writes; what a protection checks about memory, and what an IOMMU grants, is."),
            new Row(
                    "physical",
                    Principal.BUS,
                    Mode.MALICIOUS,
                    "Someone on the memory bus reads ciphertext, keeps it, and writes it back, in the same "
                            + "place or another. All software is honest. What no tag or counter protects, nobody "
                            + "notices."));

    /** A threat model by its name, or several joined by {@code +}; empty where {@code text} is no such name. */
    public static Optional<ThreatModel> find(String text) {
        try {
            return Optional.of(parse(text));
        } catch (IllegalArgumentException none) {
            return Optional.empty();
        }
    }

    public ThreatModel {
        rows = List.copyOf(rows);
    }

    /** The names that can be combined with {@code +}. */
    public static Set<String> names() {
        return TABLE.stream()
                .map(Row::name)
                .collect(Collectors.collectingAndThen(
                        Collectors.toCollection(LinkedHashSet::new), Collections::unmodifiableSet));
    }

    /**
     * A threat model by its name, or several joined by {@code +}.
     *
     * @throws IllegalArgumentException with a sentence that tells what is allowed
     */
    public static ThreatModel parse(String text) {
        Set<Row> given = new LinkedHashSet<>();
        for (String part : text.split("\\+", -1)) {
            given.add(row(part.strip()));
        }
        for (Row row : given) {
            List<String> same = given.stream()
                    .filter(other -> other.principal == row.principal)
                    .map(Row::name)
                    .toList();
            if (same.size() > 1) {
                throw new IllegalArgumentException(
                        "a %s cannot be %s at once".formatted(row.principal, String.join(" and ", same)));
            }
        }
        return new ThreatModel(TABLE.stream().filter(given::contains).toList());
    }

    private static Row row(String name) {
        return TABLE.stream()
                .filter(row -> row.name.equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "unknown threat model '%s'; allowed are %s, and combinations joined by +"
                                .formatted(name, String.join(", ", names()))));
    }

    /** How far {@code principal} is not trusted; empty where it is. */
    public Optional<Mode> mode(Principal principal) {
        return rows.stream()
                .filter(row -> row.principal == principal)
                .map(Row::mode)
                .filter(Objects::nonNull)
                .findFirst();
    }

    /** Whether {@code principal} does what it likes, so that its own software does not run. */
    public boolean isMalicious(Principal principal) {
        return mode(principal).filter(mode -> mode == Mode.MALICIOUS).isPresent();
    }

    /** Whether {@code adversary} is at work: what hardware does always is. */
    public boolean includes(Adversary adversary) {
        return adversary.principal() == Principal.HARDWARE
                || mode(adversary.principal()).filter(mode -> mode == adversary.mode()).isPresent();
    }

    /** The name in case files and reports. */
    @Override
    public String toString() {
        return rows.stream().map(Row::name).collect(Collectors.joining("+"));
    }

    /** As {@link #parse}, for several texts. */
    public static List<ThreatModel> parseAll(String... texts) {
        return Arrays.stream(texts).map(ThreatModel::parse).toList();
    }
}
