package org.ringfence.platform.life;

import java.util.List;
import java.util.Optional;
import org.ringfence.machine.state.Layout;
import org.ringfence.machine.state.State;
import org.ringfence.platform.tdx.host.TooLittleMemory;

/** Plays lives of VMs. */
public final class Lives {
    private Lives() {}

    /** The platforms that have lives. */
    public static List<String> platforms() {
        return List.of("snp", "tdx");
    }

    /**
     * Plays the life of a VM on {@code platform}, which is one of {@link #platforms}.
     *
     * @param log is told of every operation
     * @throws TooLittleMemory when the Java heap cannot hold the machine
     */
    public static LifeRun play(String platform, LifeOptions options, LifeProgress progress, Optional<LifeLog> log) {
        LifeWatch watch = new LifeWatch(progress, log);
        return switch (platform) {
            case "tdx" -> {
                Layout.Placed<TdxLifeMachine> placed = TdxLifeMachine.place(options);
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
