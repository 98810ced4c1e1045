package org.ringfence.cli.toy;

import java.util.List;
import org.ringfence.checker.check.Platform;
import org.ringfence.machine.operation.Adversary;
import org.ringfence.machine.operation.Family;
import org.ringfence.machine.operation.Guard;
import org.ringfence.machine.operation.Guards;
import org.ringfence.machine.operation.Invariant;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.state.Declaration;
import org.ringfence.machine.state.State;
import org.ringfence.machine.vocabulary.Form;
import org.ringfence.machine.vocabulary.Range;
import org.ringfence.machine.vocabulary.Vocabulary;

/** A desk, with drawers or without. */
public record ToyPlatform(String name, boolean hasDrawers) implements Platform {

    /** What a desk is made of. */
    public enum Wood {
        OAK,
        RED_PINE
    }

    /** What keeps a host from a drawer that is locked. */
    public enum Lock implements Guard {
        KEY_FITS;

        @Override
        public Check check() {
            return new Check("STAYS_SHUT", "only the owner's key opens the desk", "the joiner's manual", "");
        }
    }

    /** A desk's options. */
    public record Desk(boolean locked, int dials, Wood wood) {
        public Desk {
            if (dials < 0 || dials > 16) {
                throw new IllegalArgumentException("a desk has 0 to 16 dials");
            }
        }
    }

    @Override
    public Record options() {
        return new Desk(false, 0, Wood.OAK);
    }

    @Override
    public Machine declare(Declaration declaration, Setting setting) {
        Desk desk = (Desk) setting.options();
        Dials dials = Dials.declare(declaration, desk.dials);
        return hasDrawers
                ? Machine.of(dials, Drawers.declare(declaration, setting.geometry(), isLocked(desk, setting.guards())))
                : Machine.of(dials);
    }

    private static boolean isLocked(Desk desk, Guards guards) {
        return desk.locked && guards.checks(Lock.KEY_FITS);
    }

    @Override
    public List<Guard> guards() {
        return hasDrawers ? List.of(Lock.values()) : List.of();
    }

    @Override
    public Vocabulary vocabulary() {
        return hasDrawers
                ? new Vocabulary(List.of(
                        Form.of("PUT", Principal.GUEST, DrawerOperation.Put.class, Range.of(0L, 0x1000L)),
                        Form.of("LOOK", Principal.GUEST, DrawerOperation.Look.class, Range.of(0L, 0x1000L)),
                        Form.of("EMPTY", Principal.HOST, DrawerOperation.Empty.class, Range.of(0, 1)),
                        Form.of("TURN", Principal.HOST, DrawerOperation.Turn.class, Range.of(0))))
                : new Vocabulary(List.of());
    }

    @Override
    public void begin(State state, Machine machine, Setting setting) {}

    @Override
    public List<Adversary> adversaries(Record options) {
        return List.of(
                Adversary.malicious(Principal.HOST, (machine, cast) -> host(machine)),
                Adversary.retroactive(Principal.HOST, (machine, cast) -> List.of()),
                Adversary.malicious(Principal.INNER_GUEST, (machine, cast) -> List.of()));
    }

    private static List<Family> host(Machine machine) {
        Family turns = new HostFamily.Turns(machine.part(Dials.class));
        return machine.find(Drawers.class)
                .filter(drawers -> !drawers.locked())
                .map(drawers -> List.of(turns, new HostFamily.Empties(drawers)))
                .orElse(List.of(turns));
    }

    @Override
    public List<Invariant> invariants(Machine machine, Setting setting) {
        return List.of();
    }
}
