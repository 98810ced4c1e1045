package org.ringfence.cli;

import java.io.PrintStream;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.ringfence.cli.kvm.Comparison;
import org.ringfence.cli.kvm.ThisMachine;
import org.ringfence.machine.operation.Guards;
import org.ringfence.stack.host.kvm.gmem.KvmCall;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Compares the model of KVM's private memory with the KVM of this machine. */
@Command(
        name = "compare-kvm",
        description = "Drives random sequences of KVM's calls on guest_memfd, memory slots and mappings into the model and into this "
                + "machine's /dev/kvm, and compares every errno, byte, size and exit. Skips, with exit status 0, where there is no "
                + "KVM, or none with guest_memfd.",
        footer = "%nExit status: 0 no difference, or no KVM to compare with; 1 a difference; 2 bad usage or input; "
                + "3 a limit or an interrupt came first; 70 a defect of Ringfence.%n")
final class CompareKvmCommand extends RingfenceCommand {
    private static final long SEQUENCES = 10_000;
    private static final long SECONDS = 600;

    @Option(
            names = "--sequences",
            paramLabel = "N",
            description = "How many sequences, of up to 40 calls each; 10000 by default.")
    private long sequences = SEQUENCES;

    @Option(names = "--seed", paramLabel = "S", description = "Decides on the sequences; 1 by default.")
    private long seed = 1;

    @Option(
            names = "--seconds",
            paramLabel = "T",
            description = "Stops after so many seconds, with exit status 3; 600 by default.")
    private long seconds = SECONDS;

    @Option(
            names = "--device",
            paramLabel = "FILE",
            description = "The device file of KVM; /dev/kvm by default.")
    private String device = "/dev/kvm";

    CompareKvmCommand(Surroundings surroundings) {
        super(surroundings);
    }

    @Override
    public Integer call() {
        requirePositive("--sequences", sequences);
        requirePositive("--seconds", seconds);
        long begun = System.nanoTime();
        Counting counting = new Counting(surroundings.err(), "compare-kvm", sequences);
        long[] done = {0};
        boolean[] late = {false};
        ThisMachine.Outcome outcome = ThisMachine.compare(
                device,
                sequences,
                seed,
                Guards.allOn(),
                () -> {
                    counting.show(done[0]++);
                    late[0] = System.nanoTime() - begun > seconds * 1_000_000_000L;
                    return !late[0] && surroundings.goesOn();
                },
                lines -> {
                    surroundings.out().println("KVM of Linux %s".formatted(System.getProperty("os.version")));
                    lines.forEach(line -> surroundings.out().println("  " + line));
                    surroundings.out().flush();
                },
                () -> {
                    surroundings.err().println(
                            "compare-kvm: a vCPU has not come back for 20 seconds, and a signal does not end its run");
                    surroundings.err().flush();
                    Runtime.getRuntime().halt(ExitStatus.INCONCLUSIVE);
                });
        return switch (outcome) {
            case ThisMachine.Outcome.Skipped(String reason) -> {
                surroundings.out().println("skipped: " + reason);
                yield ExitStatus.MET;
            }
            case ThisMachine.Outcome.Refused(String reason) -> {
                surroundings.err().println("compare-kvm: " + reason);
                yield ExitStatus.BAD_INPUT;
            }
            case ThisMachine.Outcome.Compared compared -> {
                tell(compared, (System.nanoTime() - begun) / 1e9);
                yield compared.difference() != null
                        ? ExitStatus.UNMET
                        : compared.comparison().sequences() < sequences ? ExitStatus.INCONCLUSIVE : ExitStatus.MET;
            }
        };
    }

    private void tell(ThisMachine.Outcome.Compared compared, double took) {
        PrintStream out = surroundings.out();
        Comparison comparison = compared.comparison();
        Comparison.Difference difference = compared.difference();
        out.println(String.format(
                Locale.ROOT,
                "%,d sequences, %,d calls in %.1f s, %,.0f sequences a second, seed %d: %s",
                comparison.sequences(),
                comparison.calls(),
                took,
                comparison.sequences() / Math.max(took, 1e-3),
                seed,
                difference == null ? "no difference" : "a difference"));
        if (difference == null) {
            comparison.seen().forEach((call, results) -> out.println("  %s: %s".formatted(call, counts(results))));
        } else {
            tell(difference);
        }
        out.flush();
    }

    private static String counts(Map<String, Long> results) {
        return results.entrySet().stream()
                .map(result -> String.format(Locale.ROOT, "%s %,d times", result.getKey(), result.getValue()))
                .collect(Collectors.joining(", "));
    }

    private void tell(Comparison.Difference difference) {
        PrintStream out = surroundings.out();
        out.println();
        out.println("/* sequence %d of seed %d, shrunk from %d calls%s */".formatted(
                difference.number(), seed, difference.length(),
                difference.repeats() ? "" : "; it did not come out again"));
        for (KvmCall call : difference.calls()) {
            out.println(call.c());
        }
        out.println("/* the model says %s, the kernel says %s */".formatted(difference.model(), difference.judge()));
    }
}
