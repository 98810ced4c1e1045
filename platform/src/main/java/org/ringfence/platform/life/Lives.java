package org.ringfence.platform.life;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.ringfence.machine.state.Layout;
import org.ringfence.machine.state.State;
import org.ringfence.platform.cost.CostTable;
import org.ringfence.platform.tdx.host.TooLittleMemory;

/** Plays lives of VMs. */
public final class Lives {
    private static final int LOOK_MILLIS = 250;
    private static final int PATIENCE_MILLIS = 1000;

    private Lives() {}

    /** The platforms that have lives. */
    public static List<String> platforms() {
        return List.of("snp", "tdx");
    }

    /**
     * Plays the life of a VM on {@code platform}, which is one of {@link #platforms}.
     *
     * @param log is told of every operation
     * @param costs of operations, for the modelled time
     * @throws TooLittleMemory when the Java heap cannot hold the machine
     */
    public static LifeRun play(
            String platform, LifeOptions options, LifeProgress progress, Optional<LifeLog> log, CostTable costs) {
        if (!platforms().contains(platform)) {
            throw new IllegalArgumentException("no life is known of a VM on " + platform);
        }
        LifeWatch watch = new LifeWatch(progress, log, costs);
        return awaited(new FutureTask<>(() -> played(platform, options, watch)), watch);
    }

    /**
     * Waits for a life that another thread plays. A single step may take seconds, such as SNP_INIT of 1 TiB: where the
     * life shall end and such a step does not, it is left to itself.
     */
    private static LifeRun awaited(FutureTask<LifeRun> life, LifeWatch watch) {
        Thread.ofPlatform().daemon().name("life").start(life);
        boolean goesOn = true;
        while (true) {
            try {
                return life.get(goesOn ? LOOK_MILLIS : PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
            } catch (TimeoutException yet) {
                if (!goesOn) {
                    return watch.soFar();
                }
                goesOn = watch.goesOn();
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                return watch.soFar();
            } catch (ExecutionException failed) {
                switch (failed.getCause()) {
                    case Error error -> throw error;
                    case RuntimeException exception -> throw exception;
                    case null, default -> throw new IllegalStateException("a life ends with", failed);
                }
            }
        }
    }

    private static LifeRun played(String platform, LifeOptions options, LifeWatch watch) {
        return switch (platform) {
            case "tdx" -> {
                Layout.Placed<TdxLifeMachine> placed = TdxLifeMachine.place(options, TdxLifeMachine.cryptographic());
                State state = newState(placed.layout());
                yield new Life(options, new TdxVm(options, placed.machine(), state, watch), watch).play();
            }
            case "snp" -> {
                Layout.Placed<SnpLifeMachine> placed = SnpLifeMachine.place(options);
                State state = newState(placed.layout());
                yield new Life(options, new SnpVm(options, placed.machine(), state, watch), watch).play();
            }
            default -> throw new IllegalArgumentException("no life is known of a VM on " + platform);
        };
    }

    static State newState(Layout layout) {
        try {
            return layout.newState();
        } catch (OutOfMemoryError full) {
            throw TooLittleMemory.forState(layout.bytes());
        }
    }
}
