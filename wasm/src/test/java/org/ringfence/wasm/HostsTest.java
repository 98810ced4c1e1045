package org.ringfence.wasm;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.ringfence.checker.check.ActorSpec;
import org.ringfence.checker.check.Finding;
import org.ringfence.checker.check.MachineSpec;
import org.ringfence.checker.check.Verdict;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.operation.Part;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.operation.Property;
import org.ringfence.wasm.imports.SnpHostImports;

/** Hosts in C do the work that those in Java do: equal states, transitions and verdicts. */
class HostsTest {

    private static ActorSpec host(
            String sample, String platform, List<Long> arguments, Geometry geometry, List<Part> needs) {
        return OneCase.actor(
                "host",
                Principal.HOST,
                platform,
                WasmStart.of(RealCode.sample(sample), "entry", arguments, geometry, ""),
                needs);
    }

    /** With 2M pages it divides them by PSMASH, since the guest shares 4K. */
    @ParameterizedTest
    @CsvSource({
        "take-page, 1, small",
        "share-and-take-back, 1, small",
        "take-page, 2, large",
        "share-and-take-back, 2, large"
    })
    void aHostOfSnpIsServeGuest(String guest, int small, String largest) throws Exception {
        MachineSpec size = new MachineSpec(small, 2 * small, small);
        Geometry geometry = size.geometry();
        ActorSpec served = OneCase.named(guest, "guest", Principal.GUEST, "snp", Map.of(), geometry);
        Finding code = OneCase.check("snp", Map.of(), size,
                List.of(served,
                        host("snp-host", "snp", List.of((long) small), geometry, SnpHostImports.LIBRARY.needs())),
                "honest-host");
        Finding model = OneCase.check("snp", Map.of(), size,
                List.of(served, OneCase.host("snp", Map.of("largest", largest), geometry)), "honest-host");
        OneCase.areEqual(code, model);
        assertThat(code.verdicts().get(Property.INTEGRITY)).isInstanceOf(Verdict.Safe.class);
    }

    private static ActorSpec cpu(int page, Geometry geometry) {
        return OneCase.actor(
                "cpu" + page,
                Principal.GUEST,
                "tdx",
                WasmStart.of(RealCode.sample("bitmap-repaired"), "entry", List.of((long) page), geometry,
                        SamplesTest.ACCEPTED),
                SamplesTest.BITMAP);
    }

    /** Two modules in one case: both vCPUs and the host are C. */
    @Test
    void aHostOfTdxIsServeVcpus() throws Exception {
        MachineSpec size = new MachineSpec(2, 2, 1);
        Geometry geometry = size.geometry();
        Finding code = OneCase.check("tdx", Map.of(), size,
                List.of(cpu(0, geometry), cpu(1, geometry),
                        host("td-host", "tdx", List.of(2L, 0L), geometry, List.of())),
                "honest-host");
        Finding model = OneCase.check("tdx", Map.of(), size,
                List.of(cpu(0, geometry), cpu(1, geometry), OneCase.host("tdx", Map.of("vcpus", 2), geometry)),
                "honest-host");
        OneCase.areEqual(code, model);
        assertThat(code.verdicts().get(Property.AVAILABILITY)).isInstanceOf(Verdict.Safe.class);
    }

    @Test
    void aHostOfTdxAddsTheTableThatIsNotThere() throws Exception {
        MachineSpec size = new MachineSpec(2, 4, 2);
        Geometry geometry = size.geometry();
        Finding finding = OneCase.check("tdx", Map.of("sept-pages", false, "tables", true), size,
                List.of(cpu(0, geometry), cpu(1, geometry),
                        host("td-host", "tdx", List.of(2L, 1L), geometry, List.of())),
                "honest-host");
        assertThat(finding.verdicts().get(Property.AVAILABILITY)).isInstanceOf(Verdict.Safe.class);
        assertThat(finding.covered().toString()).contains("TDH.MEM.SEPT.ADD");
    }

    /** A realm and its host, each in C and in Java: the four have the same counts. */
    @ParameterizedTest
    @CsvSource({"false", "true"})
    void aRealmAndItsHostAreKeepInRealmAndServeRealm(boolean rejects) throws Exception {
        MachineSpec size = new MachineSpec(1, 7, 1);
        Geometry geometry = size.geometry();
        ActorSpec realm = OneCase.actor(
                "realm",
                Principal.GUEST,
                "cca",
                WasmStart.of(RealCode.sample("realm"), "entry", List.of(), geometry, ""),
                List.of());
        ActorSpec code = host("realm-host", "cca", List.of(1L, rejects ? 1L : 0L, 0L), geometry, List.of());
        ActorSpec model = OneCase.host("cca", Map.of("rejects", rejects), geometry);
        ActorSpec kept = OneCase.named("keep-in-realm", "realm", Principal.GUEST, "cca", Map.of(), geometry);

        Finding both = OneCase.check("cca", Map.of(), size, List.of(kept, model), "honest-host");
        OneCase.areEqual(OneCase.check("cca", Map.of(), size, List.of(realm, model), "honest-host"), both);
        OneCase.areEqual(OneCase.check("cca", Map.of(), size, List.of(kept, code), "honest-host"), both);
        OneCase.areEqual(OneCase.check("cca", Map.of(), size, List.of(realm, code), "honest-host"), both);
        assertThat(both.verdicts().get(Property.AVAILABILITY))
                .isInstanceOf(rejects ? Verdict.Violated.class : Verdict.Safe.class);
    }

    /** The RMM answers for a malicious host, so that nothing of it is sampled. */
    @Test
    void aRealmInCKeepsItsSecretFromAMaliciousHost() throws Exception {
        MachineSpec size = new MachineSpec(1, 6, 1);
        Geometry geometry = size.geometry();
        ActorSpec realm = OneCase.actor(
                "realm",
                Principal.GUEST,
                "cca",
                WasmStart.of(RealCode.sample("realm"), "entry", List.of(), geometry, ""),
                List.of());
        ActorSpec kept = OneCase.named("keep-in-realm", "realm", Principal.GUEST, "cca", Map.of(), geometry);
        Finding code = OneCase.check("cca", Map.of(), size, List.of(realm), "malicious-host");
        OneCase.areEqual(code, OneCase.check("cca", Map.of(), size, List.of(kept), "malicious-host"));
        assertThat(code.verdicts().get(Property.CONFIDENTIALITY)).isInstanceOf(Verdict.Safe.class);
    }
}
