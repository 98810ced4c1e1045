package org.ringfence.cli.report;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.ringfence.stack.guest.igvm.IgvmFile;
import org.ringfence.stack.guest.igvm.LaunchDigest;
import org.ringfence.stack.guest.igvm.LaunchParameters;
import org.ringfence.stack.guest.igvm.LaunchPlan;
import org.ringfence.stack.guest.igvm.LaunchStep;
import org.ringfence.stack.guest.igvm.MemoryMap;
import org.ringfence.stack.guest.igvm.PlatformType;

/**
 * How an IGVM file is launched, in words: on each platform that it is for, what a host does in order. Pages that follow
 * each other and are loaded alike are told together.
 *
 * @param name of the file
 */
public record LaunchExplanation(String name, IgvmFile file) {
    /** A host with one processor and a TiB from address 0 on, which it keeps until the guest asks. */
    private static final LaunchParameters HOST = new LaunchParameters(1, MemoryMap.ofPages(1L << 28), true);

    /** Prints it. */
    public void print(PrintStream out) {
        out.println("%s  IGVM, %s, %d headers; on a host with one processor and 1 TiB of memory"
                .formatted(name, file.revision(), file.headers().size()));
        file.warnings().forEach(warning -> out.println("  odd: at byte 0x%X, %s".formatted(
                warning.at(), warning.sentence())));
        for (PlatformType platform : PlatformType.values()) {
            if (file.platform(platform).isPresent()) {
                out.println("  " + platform);
                steps(platform).forEach(step -> out.println("    " + step));
            }
        }
        out.flush();
    }

    private List<String> steps(PlatformType platform) {
        LaunchPlan plan;
        try {
            plan = LaunchPlan.of(file, platform, HOST);
        } catch (LaunchPlan.CannotLaunch cannot) {
            return List.of("cannot be launched: " + cannot.getMessage());
        }
        List<String> told = new ArrayList<>();
        Run run = null;
        for (LaunchStep step : plan.steps()) {
            Run longer = run != null && step instanceof LaunchStep.LoadPage page ? run.with(page) : null;
            if (longer != null) {
                run = longer;
                continue;
            }
            if (run != null) {
                told.add(run.tell());
            }
            run = step instanceof LaunchStep.LoadPage page ? new Run(page, 1) : null;
            if (run == null) {
                told.add(tell(step));
            }
        }
        if (run != null) {
            told.add(run.tell());
        }
        long unmeasured = LaunchDigest.unmeasuredContents(plan);
        if (unmeasured > 0) {
            told.add("of the pages loaded, %,d %s contents that are not measured: the host can put anything there"
                    .formatted(unmeasured, unmeasured == 1 ? "has" : "have"));
        }
        LaunchDigest.of(plan).ifPresent(digest -> told.add((platform == PlatformType.TDX ? "MRTD " : "launch digest ")
                + digest));
        return told;
    }

    private static String tell(LaunchStep step) {
        return switch (step) {
            case LaunchStep.RequireMemory(long gpa, long size, boolean makes) ->
                "needs 0x%X bytes of memory at GPA 0x%X%s"
                        .formatted(size, gpa, makes ? ", which the host makes" : "");
            case LaunchStep.LoadPage page -> new Run(page, 1).tell();
            case LaunchStep.LoadParameters(long gpa, var contents) ->
                "loads 0x%X bytes of parameters to GPA 0x%X, unmeasured".formatted(contents.length(), gpa);
            case LaunchStep.StartVp(int vp, long gpa, var context) -> gpa == 0
                    ? "starts processor %d with registers".formatted(vp)
                    : "starts processor %d from the VMSA page GPA 0x%X".formatted(vp, gpa);
            case LaunchStep.ShareRange(long gpa, long size) ->
                "shares 0x%X bytes at GPA 0x%X for errors".formatted(size, gpa);
        };
    }

    /** Pages that follow each other. */
    private record Run(LaunchStep.LoadPage first, int pages) {
        @Nullable
        Run with(LaunchStep.LoadPage next) {
            boolean alike = next.gpa() == first.gpa() + (long) pages * first.size()
                    && next.size() == first.size()
                    && next.dataType() == first.dataType()
                    && next.measured() == first.measured()
                    && next.shared() == first.shared();
            return alike ? new Run(first, pages + 1) : null;
        }

        String tell() {
            return "loads %,d page%s of %s to GPA 0x%X, %s%s%s".formatted(
                    pages,
                    pages == 1 ? "" : "s",
                    first.size() == 0x1000 ? "4K" : "2M",
                    first.gpa(),
                    first.dataType().name().toLowerCase(Locale.ROOT).replace('_', '-'),
                    first.measured() ? ", measured" : ", unmeasured",
                    first.shared() ? ", shared" : "");
        }
    }
}
