package org.ringfence.cli.kvm;

import java.lang.foreign.Arena;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.ringfence.machine.operation.Guards;
import org.ringfence.stack.host.kvm.gmem.KvmShape;

/** The comparison with this machine's KVM, from the probe to the last descriptor closed. */
public final class ThisMachine {

    private ThisMachine() {}

    /** How it went. */
    public sealed interface Outcome {
        /** There was nothing to compare with. */
        record Skipped(String reason) implements Outcome {}

        /** It may not be used. */
        record Refused(String reason) implements Outcome {}

        /**
         * It was compared.
         *
         * @param kernel what it has, line by line
         */
        record Compared(List<String> kernel, Comparison comparison, Comparison.@Nullable Difference difference)
                implements
                    Outcome {
            public Compared {
                kernel = List.copyOf(kernel);
            }
        }
    }

    /**
     * Compares up to {@code sequences} sequences, as long as {@code goesOn}.
     *
     * @param guards of the model that are off
     * @param found is told what the kernel has, before anything is compared
     * @param lost ends the program where a vCPU never comes back
     */
    public static Outcome compare(
            String device, long sequences, long seed, Guards guards, BooleanSupplier goesOn,
            Consumer<List<String>> found, Runnable lost) {
        if (!LinuxCalls.areOfThisSystem()) {
            return new Outcome.Skipped("this is %s on %s, and only Linux on x86-64 can be compared"
                    .formatted(System.getProperty("os.name"), System.getProperty("os.arch")));
        }
        try (Arena arena = Arena.ofShared()) {
            LinuxCalls linux = new LinuxCalls(arena);
            return switch (KvmProbe.of(arena, linux, device)) {
                case KvmProbe.Absent(String reason) -> new Outcome.Skipped(reason);
                case KvmProbe.Refused(String reason) -> new Outcome.Refused(reason);
                case KvmProbe.Usable usable -> {
                    found.accept(usable.lines());
                    KvmShape shape = KvmShape.wide(
                            usable.guestMemfdFlags(), usable.overlapExists(), usable.preFault(), guards);
                    try (Kick kick = new Kick(arena, linux, lost);
                            RealKvm kernel = new RealKvm(arena, linux, kick, usable.kvm(), shape)) {
                        Comparison comparison = new Comparison(new ModelKvm(shape), kernel);
                        Comparison.Difference difference = comparison.run(
                                sequences,
                                number -> RandomCalls.sequence(seed, number, !usable.attributes()),
                                goesOn);
                        yield new Outcome.Compared(usable.lines(), comparison, difference);
                    } finally {
                        linux.call(LinuxCalls.CLOSE, usable.kvm());
                    }
                }
            };
        }
    }
}
