package org.ringfence.platform.cca;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.ringfence.checker.check.Platform;
import org.ringfence.checker.check.Restraint;
import org.ringfence.checker.check.Scene;
import org.ringfence.machine.cca.Cca;
import org.ringfence.machine.cca.CcaForms;
import org.ringfence.machine.cca.CcaGuard;
import org.ringfence.machine.cca.adversary.CcaAdversary;
import org.ringfence.machine.cca.law.GranulesAgree;
import org.ringfence.machine.cca.law.LaunchIsMeasured;
import org.ringfence.machine.cca.law.RealmHasWhatItPut;
import org.ringfence.machine.cca.law.RealmMemoryIsHidden;
import org.ringfence.machine.cca.law.RipasIsTheRealms;
import org.ringfence.machine.cca.law.TranslationsAreCurrent;
import org.ringfence.machine.cca.realm.Realms;
import org.ringfence.machine.cca.rsi.IpaStateSet;
import org.ringfence.machine.memory.Ledger;
import org.ringfence.machine.memory.Memory;
import org.ringfence.machine.operation.Adversary;
import org.ringfence.machine.operation.Cpus;
import org.ringfence.machine.operation.Guard;
import org.ringfence.machine.operation.Invariant;
import org.ringfence.machine.operation.Laws;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.state.Declaration;
import org.ringfence.machine.state.State;
import org.ringfence.machine.vocabulary.GuestForms;
import org.ringfence.machine.vocabulary.Meaning;
import org.ringfence.machine.vocabulary.MemoryForms;
import org.ringfence.machine.vocabulary.Vocabulary;

/** Arm CCA: one realm with software, and perhaps others of the host's own. */
public final class CcaPlatform implements Platform {

    /** Options of a realm and its machine. */
    public record Options(
            @Meaning("how many realms the machine keeps, at most") int realms,
            @Meaning("in how many planes of the realm its vCPUs run, in turn; what a plane may not reach is left out") int planes,
            @Meaning("when granules are zeroed") Cca.Wipe wipe,
            @Meaning("whether the realm runs at first, or every frame is the host's") boolean launched,
            @Meaning("whether a realm that runs at first has all tables of level 3") boolean tables,
            @Meaning("whether it then has a granule for each page, with contents that were measured") boolean memory) {
        public Options {
            requireWithin("realms", realms, Realms.VMIDS);
            requireWithin("planes", planes, MOST_PLANES);
            if (memory && !tables) {
                throw new IllegalArgumentException(
                        "without the option tables a realm has no memory: set memory to false");
            }
        }

        private static void requireWithin(String name, int number, int most) {
            if (number < 1 || number > most) {
                throw new IllegalArgumentException("%s is %d; allowed are 1 to %d".formatted(name, number, most));
            }
        }
    }

    private static final int MOST_PLANES = 4;

    @Override
    public String name() {
        return "cca";
    }

    @Override
    public Record options() {
        return new Options(1, 1, Cca.Wipe.WHEN_DESTROYED, true, true, true);
    }

    @Override
    public Machine declare(Declaration declaration, Setting setting) {
        Options options = (Options) setting.options();
        int pages = setting.geometry().pages();
        Cpus cpus = Cpus.declare(declaration, setting.cpus(), IpaStateSet.codes(pages));
        Memory memory = Memory.declare(declaration, setting.geometry(), 0);
        Ledger ledger = Ledger.declare(declaration, pages);
        Cca cca = Cca.declare(
                declaration,
                memory,
                cpus,
                Optional.of(ledger),
                options.realms,
                Math.max(1, setting.vcpus()),
                options.planes,
                options.wipe,
                setting.guards());
        List<Record> parts = new ArrayList<>(List.of(
                cpus,
                memory,
                cca,
                cca.granules(),
                ledger,
                new Laws(List.of(new RipasIsTheRealms(cca), new LaunchIsMeasured(cca)))));
        if (setting.guards().anyOff()) {
            parts.add(setting.guards());
        }
        return new Machine(parts);
    }

    @Override
    public void begin(State state, Machine machine, Setting setting) {
        Options options = (Options) setting.options();
        new Launch(machine.part(Cca.class), state).begin(options, setting.vcpus());
    }

    @Override
    public List<Adversary> adversaries(Record options) {
        return List.of(
                Adversary.malicious(Principal.HOST, (machine, cast) -> CcaAdversary.maliciousHost(machine)),
                Adversary.retroactive(Principal.HOST, (machine, cast) -> CcaAdversary.retroactiveHost(machine)),
                Adversary.malicious(Principal.DEVICE, (machine, cast) -> CcaAdversary.maliciousDevice(machine)),
                Adversary.malicious(Principal.VMM, (machine, cast) -> CcaAdversary.maliciousVmm(machine)));
    }

    @Override
    public List<Invariant> invariants(Machine machine, Setting setting) {
        Cca cca = machine.part(Cca.class);
        return List.of(
                new GranulesAgree(cca),
                new RealmMemoryIsHidden(cca),
                new TranslationsAreCurrent(cca),
                new RealmHasWhatItPut(cca, machine.part(Ledger.class)));
    }

    @Override
    public List<Guard> guards() {
        return List.of(CcaGuard.values());
    }

    @Override
    public Vocabulary vocabulary() {
        return new Vocabulary(CcaForms.all()).and(GuestForms.all()).and(MemoryForms.lines());
    }

    @Override
    public List<Scene> scenes() {
        return CcaScenes.all();
    }

    @Override
    public Restraint restraint() {
        return new CarefulRealm();
    }
}
