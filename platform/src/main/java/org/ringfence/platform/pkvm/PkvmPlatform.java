package org.ringfence.platform.pkvm;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.ringfence.checker.check.MachineSpec;
import org.ringfence.checker.check.Platform;
import org.ringfence.checker.check.Restraint;
import org.ringfence.checker.check.Scene;
import org.ringfence.machine.memory.Ledger;
import org.ringfence.machine.memory.Memory;
import org.ringfence.machine.memory.Value;
import org.ringfence.machine.memory.adversary.MemoryAdversary;
import org.ringfence.machine.operation.Adversary;
import org.ringfence.machine.operation.Cpus;
import org.ringfence.machine.operation.Guard;
import org.ringfence.machine.operation.Invariant;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.operation.Property;
import org.ringfence.machine.pkvm.Pkvm;
import org.ringfence.machine.pkvm.PkvmAdversary;
import org.ringfence.machine.pkvm.PkvmForms;
import org.ringfence.machine.pkvm.PkvmGuard;
import org.ringfence.machine.pkvm.PkvmPageState;
import org.ringfence.machine.pkvm.law.GuestHasWhatItPut;
import org.ringfence.machine.pkvm.law.OwnedPagesAreHidden;
import org.ringfence.machine.pkvm.law.OwnersAgree;
import org.ringfence.machine.state.Declaration;
import org.ringfence.machine.state.State;
import org.ringfence.machine.vocabulary.GuestForms;
import org.ringfence.machine.vocabulary.Meaning;
import org.ringfence.machine.vocabulary.MemoryForms;
import org.ringfence.machine.vocabulary.Vocabulary;

/** pKVM: one protected guest with software, and one that is not protected. */
public final class PkvmPlatform implements Platform {

    /** Options of a guest and its machine. */
    public record Options(
            @Meaning("whether the guest owns all of its pages at first, or none") boolean launched) {}

    @Override
    public String name() {
        return "pkvm";
    }

    @Override
    public Record options() {
        return new Options(true);
    }

    @Override
    public Machine declare(Declaration declaration, Setting setting) {
        Cpus cpus = Cpus.declare(declaration, setting.cpus(), 1);
        Memory memory = Memory.declare(declaration, setting.geometry(), 0);
        Ledger ledger = Ledger.declare(declaration, setting.geometry().pages());
        Pkvm pkvm = Pkvm.declare(declaration, memory, cpus, Optional.of(ledger), setting.guards());
        List<Record> parts = new ArrayList<>(List.of(cpus, memory, pkvm, ledger));
        if (setting.guards().anyOff()) {
            parts.add(setting.guards());
        }
        return new Machine(parts);
    }

    @Override
    public void begin(State state, Machine machine, Setting setting) {
        Pkvm pkvm = machine.part(Pkvm.class);
        pkvm.begin(state);
        if (!((Options) setting.options()).launched) {
            return;
        }
        int pages = setting.geometry().pages();
        int tables = setting.geometry().hasLargePages() ? pages / setting.geometry().smallPerLarge() : 1;
        if (tables + pages > setting.geometry().frames()) {
            throw new IllegalArgumentException(
                    "the guest has %d pages and %d tables at first, and the machine %d frames"
                            .formatted(pages, tables, setting.geometry().frames()));
        }
        for (int table = 0; table < tables; table++) {
            pkvm.host().set(state, table, PkvmPageState.NOPAGE);
            pkvm.hyp().set(state, table, PkvmPageState.OWNED);
        }
        for (int page = 0; page < pages; page++) {
            int frame = setting.geometry().frames() - pages + page;
            pkvm.table().set(state, pkvm.tableOf(page), true);
            pkvm.host().set(state, frame, PkvmPageState.NOPAGE);
            pkvm.page().set(state, page, PkvmPageState.OWNED);
            pkvm.frame().set(state, page, frame);
            pkvm.memory().write(state, frame, Value.LAUNCH, 0);
            machine.part(Ledger.class).launched(state, page, Value.LAUNCH);
        }
    }

    @Override
    public List<Adversary> adversaries(Record options) {
        return List.of(
                Adversary.malicious(
                        Principal.HOST, (machine, cast) -> PkvmAdversary.maliciousHost(machine, cast.vcpus())),
                Adversary.retroactive(Principal.HOST, (machine, cast) -> MemoryAdversary.retroactiveHost(machine)),
                Adversary.malicious(Principal.VMM, (machine, cast) -> MemoryAdversary.maliciousVmm(machine)));
    }

    @Override
    public List<Invariant> invariants(Machine machine, Setting setting) {
        Pkvm pkvm = machine.part(Pkvm.class);
        return List.of(
                new OwnersAgree(pkvm),
                new OwnedPagesAreHidden(pkvm),
                new GuestHasWhatItPut(pkvm, machine.part(Ledger.class)));
    }

    @Override
    public List<Guard> guards() {
        return List.of(PkvmGuard.values());
    }

    @Override
    public Vocabulary vocabulary() {
        return new Vocabulary(PkvmForms.all()).and(GuestForms.all()).and(MemoryForms.lines());
    }

    @Override
    public List<Scene> scenes() {
        Set<Property> always = EnumSet.of(
                Property.CONFIDENTIALITY, Property.INTEGRITY, Property.FRESHNESS, Property.ACCOUNTING);
        List<Scene.Role> cast = List.of(
                new Scene.Role("vcpu0", Principal.GUEST), new Scene.Role("host", Principal.HOST));
        return List.of(
                new Scene("a guest that runs", new MachineSpec(2, 6, 1), Map.of(), cast, always),
                new Scene("a guest without pages", new MachineSpec(2, 5, 1), Map.of("launched", false), cast, always),
                new Scene("two tables", new MachineSpec(4, 8, 2), Map.of("launched", false), cast, always));
    }

    @Override
    public Restraint restraint() {
        return new CarefulGuest();
    }
}
