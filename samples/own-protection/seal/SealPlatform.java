package seal;

import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import org.ringfence.checker.check.MachineSpec;
import org.ringfence.checker.check.Platform;
import org.ringfence.checker.check.Scene;
import org.ringfence.machine.memory.Ledger;
import org.ringfence.machine.memory.Load;
import org.ringfence.machine.memory.Memory;
import org.ringfence.machine.memory.Store;
import org.ringfence.machine.memory.Value;
import org.ringfence.machine.operation.Adversary;
import org.ringfence.machine.operation.Guard;
import org.ringfence.machine.operation.Invariant;
import org.ringfence.machine.operation.Laws;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.operation.Property;
import org.ringfence.machine.state.Declaration;
import org.ringfence.machine.state.State;
import org.ringfence.machine.vocabulary.Form;
import org.ringfence.machine.vocabulary.GuestForms;
import org.ringfence.machine.vocabulary.Range;
import org.ringfence.machine.vocabulary.Vocabulary;

/** The platform that cases call {@code seal}. */
public final class SealPlatform implements Platform {

    /** Its options: none. */
    public record Options() {}

    @Override
    public String name() {
        return "seal";
    }

    @Override
    public Record options() {
        return new Options();
    }

    @Override
    public Machine declare(Declaration declaration, Setting setting) {
        int pages = setting.geometry().pages();
        if (setting.geometry().frames() < pages) {
            throw new IllegalArgumentException("%d frames are too few for %d pages: each page has its frame for good"
                    .formatted(setting.geometry().frames(), pages));
        }
        Seal seal = Seal.declare(declaration, setting.geometry(), setting.guards());
        return Machine.of(
                Memory.declare(declaration, setting.geometry(), 1),
                seal,
                Copy.declare(declaration),
                Ledger.declare(declaration, pages),
                new Laws(List.of(new OnlyStoresCount(seal))));
    }

    @Override
    public void begin(State state, Machine machine, Setting setting) {
        for (int page = 0; page < setting.geometry().pages(); page++) {
            machine.part(Memory.class).write(state, page, Value.LAUNCH, Seal.KEY);
            machine.part(Seal.class).sealed().set(state, page, true);
            machine.part(Ledger.class).launched(state, page, Value.LAUNCH);
        }
    }

    /** Frames lie where they lie: the counters are theirs. */
    @Override
    public boolean hasInterchangeableFrames() {
        return false;
    }

    @Override
    public List<Adversary> adversaries(Record options) {
        return List.of(Adversary.malicious(
                Principal.HOST,
                (machine, cast) -> List.of(
                        OnTheBus.ofEach(machine, OnTheBus.Forge::new),
                        OnTheBus.ofEach(machine, OnTheBus.Save::new),
                        OnTheBus.ofEach(machine, OnTheBus.Replay::new))));
    }

    @Override
    public List<Invariant> invariants(Machine machine, Setting setting) {
        return List.of(new WhatPassesIsLatest(
                machine.part(Seal.class), machine.part(Memory.class), machine.part(Ledger.class)));
    }

    @Override
    public List<Guard> guards() {
        return List.of(SealGuard.values());
    }

    @Override
    public Vocabulary vocabulary() {
        return new Vocabulary(List.of(
                Form.of("forge", Principal.HOST, OnTheBus.Forge.class, Range.frames()),
                Form.of("save", Principal.HOST, OnTheBus.Save.class, Range.frames()),
                Form.of("replay", Principal.HOST, OnTheBus.Replay.class, Range.frames())))
                .and(GuestForms.all().stream()
                        .filter(form -> form.type() == Load.class || form.type() == Store.class)
                        .toList());
    }

    @Override
    public List<Scene> scenes() {
        return List.of(new Scene(
                "two pages",
                new MachineSpec(2, 2, 1),
                Map.of(),
                List.of(new Scene.Role("guest", Principal.GUEST), new Scene.Role("host", Principal.HOST)),
                EnumSet.of(Property.INTEGRITY, Property.FRESHNESS, Property.ACCOUNTING)));
    }
}
