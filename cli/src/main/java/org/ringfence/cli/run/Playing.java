package org.ringfence.cli.run;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.ringfence.cli.casefile.BadInput;
import org.ringfence.cli.casefile.Position;
import org.ringfence.cli.casefile.Problem;
import org.ringfence.cli.judge.Interrupt;
import org.ringfence.cli.judge.ProgressLine;
import org.ringfence.platform.tdx.host.HostRun;
import org.ringfence.platform.tdx.host.Interrupted;
import org.ringfence.platform.tdx.host.NoSuchHost;
import org.ringfence.platform.tdx.host.TdxHost;
import org.ringfence.platform.tdx.host.TdxHostOptions;
import org.ringfence.platform.tdx.host.TooLittleMemory;
import org.ringfence.stack.host.inventory.CpuList;
import org.ringfence.stack.host.inventory.HostMemoryMap;
import org.ringfence.stack.host.tdx.bringup.Injection;

/**
 * Plays what {@code run} asks for. Apart from the command, so that the other commands load nothing of it.
 *
 * @param workingDirectory against which files are named
 */
public record Playing(Path workingDirectory, ProgressLine progress, Interrupt interrupt) {
    /** The one platform so far. */
    public static final String TDX = "tdx";

    /** The one stage so far. */
    public static final String BRING_UP = "bring-up";

    /**
     * Brings TDX up on a host.
     *
     * @param memoryMap the file with its memory
     * @param cpus the file with its processors
     * @param inject a failure, empty for none
     * @param settings what differs from Linux
     * @param timeout how long it may take
     * @throws BadInput where a file is wrong
     * @throws IllegalArgumentException with a sentence, where an option is, or where the two files are of no such host
     */
    public Played bringUp(
            String memoryMap, String cpus, String inject, List<String> settings, Duration timeout) throws BadInput {
        long begun = System.nanoTime();
        TdxHostOptions options = OptionTexts.read(settings);
        Injection injection = inject.isEmpty() ? Injection.none() : InjectionText.read(inject);
        HostFiles files = new HostFiles(workingDirectory);
        HostMemoryMap memory = files.memoryMap(memoryMap);
        CpuList processors = files.cpus(cpus);
        try (ProgressLine.Telling telling = progress.tell(TDX + " " + BRING_UP)) {
            HostRun run = TdxHost.bringUp(memory, processors, options, injection, how -> {
                telling.show(how);
                return !interrupt.isRequested() && System.nanoTime() - begun <= timeout.toNanos();
            });
            double seconds = (System.nanoTime() - begun) / 1e9;
            return new Played.Told(TDX, BRING_UP, memory, processors, run, seconds);
        } catch (NoSuchHost misfit) {
            throw new BadInput(new Problem(memoryMap, new Position(misfit.line(), 1), misfit.sentence()));
        } catch (Interrupted interrupted) {
            return new Played.Stopped("%s at %s".formatted(
                    interrupt.isRequested() ? "interrupted" : "the limit on time was reached",
                    interrupted.getMessage()));
        } catch (TooLittleMemory limit) {
            return new Played.Stopped(String.valueOf(limit.getMessage()));
        }
    }
}
