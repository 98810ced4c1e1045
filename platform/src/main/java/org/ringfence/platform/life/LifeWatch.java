package org.ringfence.platform.life;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Property;
import org.ringfence.platform.cost.CostTable;

/**
 * Counts what happens in a life, tells of it now and then, and ends it when it shall end. One thread plays the life;
 * another may ask for what there was so far, so each that changes a collection or reads one whole holds this watch.
 */
final class LifeWatch {
    private static final int EVERY = 4096;
    private static final double SECOND = 1e9;

    /** How often an operation was performed. */
    static final class Tally {
        private final LifeWatch watch;
        private final double seconds;
        private long count;
        private long before;

        private Tally(LifeWatch watch, double seconds) {
            this.watch = watch;
            this.seconds = seconds;
        }

        /** What those since the stage began would take, in seconds. */
        private double modelled() {
            return (count - before) * seconds;
        }

        /** Once more. */
        void add() {
            count++;
            watch.tick();
        }
    }

    /** How often vCPUs left for a reason. */
    static final class Exits {
        private final LifeWatch watch;
        private long count;

        private Exits(LifeWatch watch) {
            this.watch = watch;
        }

        /** Once more. */
        void add() {
            count++;
            watch.allExits++;
        }
    }

    private final LifeProgress progress;
    private boolean over;
    private final Optional<LifeLog> log;
    private final CostTable costs;
    private final Map<String, Tally[]> tallies = new LinkedHashMap<>();
    private final Map<Enum<?>, Exits> exits = new HashMap<>();
    private final Set<Property> broken = EnumSet.noneOf(Property.class);
    private final Map<LifeStage, LifeRun.StageTime> times = new EnumMap<>(LifeStage.class);
    private final List<String> notes = new ArrayList<>();
    private final long begun = System.nanoTime();
    private LifeStage stage = LifeStage.HOST;
    private long stageBegun = begun;
    private long stageOperations;
    private long stageExits;
    private long allExits;
    private long operations;
    private long done;
    private long total;

    LifeWatch(LifeProgress progress, Optional<LifeLog> log, CostTable costs) {
        this.progress = progress;
        this.log = log;
        this.costs = costs;
    }

    /** The count of an operation, to be kept by whoever performs it often. */
    Tally tally(String mnemonic, OperationSize size) {
        Tally[] ofSizes = tallies.get(mnemonic);
        if (ofSizes == null) {
            ofSizes = new Tally[OperationSize.values().length];
            for (OperationSize one : OperationSize.values()) {
                ofSizes[one.ordinal()] = new Tally(this, costs.seconds(one.of(mnemonic)));
            }
            synchronized (this) {
                tallies.put(mnemonic, ofSizes);
            }
        }
        return ofSizes[size.ordinal()];
    }

    /** A stage begins; {@code units} is how much there is to do in it, 0 where nobody knows. */
    void begin(LifeStage next, long units) {
        synchronized (this) {
            end();
            stage = next;
            stageBegun = System.nanoTime();
            stageOperations = operations;
            done = 0;
            total = units;
        }
        look();
    }

    /** The stage is over. */
    synchronized void end() {
        double seconds = (System.nanoTime() - stageBegun) / SECOND;
        long performed = operations - stageOperations;
        times.merge(stage, new LifeRun.StageTime(performed, seconds, modelled()), LifeRun.StageTime::plus);
        stageBegun = System.nanoTime();
        stageOperations = operations;
        stageExits = allExits;
        tallies.values().stream().flatMap(Arrays::stream).forEach(tally -> tally.before = tally.count);
    }

    private double modelled() {
        double exited = (allExits - stageExits) * costs.seconds("exit");
        return exited + tallies.values().stream().flatMap(Arrays::stream).mapToDouble(Tally::modelled).sum();
    }

    /** How much of the stage is done. */
    void reached(long units) {
        done = units;
    }

    LifeStage stage() {
        return stage;
    }

    boolean logs() {
        return log.isPresent();
    }

    /** An operation was performed, with the marks that it left. */
    void performed(String actor, Operation<?> operation, long outcome, long marks) {
        tally(operation.mnemonic(), OperationSize.of(operation, outcome)).add();
        judge(marks);
        if (log.isPresent()) {
            log.get().performed(stage, actor, operation, outcome);
        }
    }

    /** Marks that an operation left. */
    void judge(long marks) {
        if (Property.anyBroken(marks)) {
            for (Property property : Property.values()) {
                if (property.isBrokenIn(marks)) {
                    broken.add(property);
                }
            }
        }
    }

    /** A vCPU left for the host. */
    void exited(Enum<?> reason) {
        exits(reason).add();
    }

    /** The count of exits for a reason, to be kept by whoever serves many. */
    Exits exits(Enum<?> reason) {
        Exits counted = exits.get(reason);
        if (counted == null) {
            counted = new Exits(this);
            synchronized (this) {
                exits.put(reason, counted);
            }
        }
        return counted;
    }

    void note(String sentence) {
        notes.add(sentence);
    }

    /** Time goes by in something that performs no operation. */
    void tick() {
        if (++operations % EVERY == 0) {
            look();
        }
    }

    /** Asks whether the life goes on. */
    void look() {
        if (!goesOn()) {
            throw new LifeStopped(stage.toString());
        }
    }

    /** Whether the life goes on; once it does not, it never does. */
    synchronized boolean goesOn() {
        over = over || !progress.goesOn(this::how);
        return !over;
    }

    /** What there was of a life whose present step takes longer than anybody waits. */
    synchronized LifeRun soFar() {
        end();
        return new LifeRun(
                times, calls(), exits(), Map.of(), Map.of(), 0, Optional.empty(), Optional.empty(), 0, broken, notes,
                Optional.of(stage.toString()), seconds());
    }

    private String how() {
        double seconds = Math.max(1e-9, (System.nanoTime() - stageBegun) / SECOND);
        String rate = String.format(
                Locale.ROOT, "%s, %,d operations, %,.0f/s", stage, operations,
                (operations - stageOperations) / seconds);
        if (total == 0 || done == 0) {
            return rate;
        }
        return String.format(
                Locale.ROOT, "%s, %d %%, %.0f s left in this stage", rate, 100 * done / total,
                seconds * (total - done) / done);
    }

    Map<String, Long> calls() {
        Map<String, Long> calls = new LinkedHashMap<>();
        tallies.forEach((mnemonic, ofSizes) -> calls.put(mnemonic,
                Arrays.stream(ofSizes).mapToLong(tally -> tally.count).sum()));
        calls.values().removeIf(count -> count == 0);
        return calls;
    }

    Map<String, Long> exits() {
        Map<String, Long> counted = new TreeMap<>();
        exits.forEach((reason, exited) -> counted.put(reason.toString(), exited.count));
        counted.values().removeIf(count -> count == 0);
        return counted;
    }

    /** How often vCPUs left for those reasons. */
    long exitsFor(Predicate<Enum<?>> reasons) {
        return exits.entrySet().stream()
                .filter(exit -> reasons.test(exit.getKey()))
                .mapToLong(exit -> exit.getValue().count)
                .sum();
    }

    Set<Property> broken() {
        return broken;
    }

    Map<LifeStage, LifeRun.StageTime> times() {
        return times;
    }

    List<String> notes() {
        return notes;
    }

    double seconds() {
        return (System.nanoTime() - begun) / SECOND;
    }
}
