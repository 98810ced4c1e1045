package org.ringfence.stack.host.inventory;

/**
 * A logical processor.
 *
 * @param cpu Linux's number
 * @param core of the whole host
 * @param socket the package it is in
 * @param node NUMA node; 0 where the host has none
 * @param online whether Linux runs on it
 */
public record HostCpu(int cpu, int core, int socket, int node, boolean online) {}
