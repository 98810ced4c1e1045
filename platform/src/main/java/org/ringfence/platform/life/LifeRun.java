package org.ringfence.platform.life;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.ringfence.machine.operation.Property;

/**
 * A VM's life, or what of it there was.
 *
 * @param stages what each stage that was begun took, in their order
 * @param calls how often each operation was performed, by its mnemonic
 * @param exits how often vCPUs left for the host, by the reason
 * @param pages bytes of guest memory by state, when the workload had ended
 * @param figures bytes accepted, converted, given back and so on
 * @param reads private reads that were compared with what was written
 * @param misdeed what the host did and what came of it
 * @param death why the guest could not go on; empty where it lived to its end
 * @param leaked 4K frames that the host did not get back
 * @param broken promises that broke
 * @param notes what else a reader should know
 * @param stopped in which stage a limit or an interrupt came first
 */
public record LifeRun(
        Map<LifeStage, StageTime> stages,
        Map<String, Long> calls,
        Map<String, Long> exits,
        Map<String, Long> pages,
        Map<String, Long> figures,
        long reads,
        Optional<Outcome> misdeed,
        Optional<String> death,
        long leaked,
        Set<Property> broken,
        List<String> notes,
        Optional<String> stopped,
        double seconds) {

    /**
     * What a stage took.
     *
     * @param seconds to play it
     * @param modelled seconds that it would take in life, on one vCPU, by the costs of its operations
     */
    public record StageTime(long operations, double seconds, double modelled) {
        StageTime plus(StageTime other) {
            return new StageTime(
                    operations + other.operations, seconds + other.seconds, modelled + other.modelled);
        }
    }

    /**
     * What came of a host's misbehaviour.
     *
     * @param did what the host did
     * @param came what the machine did about it
     * @param promised whether that is what the architecture promises
     */
    public record Outcome(String did, String came, boolean promised) {}

    public LifeRun {
        stages = Collections.unmodifiableMap(new LinkedHashMap<>(stages));
        calls = Collections.unmodifiableMap(new LinkedHashMap<>(calls));
        exits = Collections.unmodifiableMap(new LinkedHashMap<>(exits));
        pages = Collections.unmodifiableMap(new LinkedHashMap<>(pages));
        figures = Collections.unmodifiableMap(new LinkedHashMap<>(figures));
        broken = Collections.unmodifiableSet(new TreeSet<>(broken));
        notes = List.copyOf(notes);
    }

    /** Whether it went as it should: to its end, or to the fault that is promised, with every page given back. */
    public boolean isGood() {
        boolean ended = death.isEmpty() || misdeed.isPresent();
        return stopped.isEmpty() && ended && leaked == 0 && broken.isEmpty()
                && misdeed.map(Outcome::promised).orElse(true);
    }
}
