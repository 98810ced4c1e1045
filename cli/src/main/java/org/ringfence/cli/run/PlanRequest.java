package org.ringfence.cli.run;

import java.util.List;
import org.ringfence.cli.casefile.Quoted;
import org.ringfence.platform.life.BackingSize;
import org.ringfence.platform.life.Lives;

/**
 * What a plan is asked for.
 *
 * @param memory of the VM, in bytes
 * @param cpus vCPUs
 * @param platforms each once
 */
public record PlanRequest(long memory, int cpus, List<String> platforms, BackingSize backing) {
    /**
     * Asks for it.
     *
     * @throws IllegalArgumentException with a sentence, where a platform has no lives or is named twice
     */
    public PlanRequest {
        platforms = List.copyOf(platforms);
        for (String platform : platforms) {
            if (!Lives.platforms().contains(platform)) {
                throw new IllegalArgumentException("unknown platform %s; allowed for a plan are %s"
                        .formatted(Quoted.of(platform), String.join(", ", Lives.platforms())));
            }
        }
        if (platforms.stream().distinct().count() < platforms.size()) {
            throw new IllegalArgumentException("--platform names a platform twice; allowed is once");
        }
    }
}
