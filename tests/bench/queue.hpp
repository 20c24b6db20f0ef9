// queue.hpp: the C++20 peer's bounded queue: a ring, waiters in the awaiters, woken on a later turn.
#pragma once
#include "coroutine.hpp"

template <class T, unsigned long N> struct queue {
    T ring[N];
    unsigned long in = 0, out = 0;
    node *getter = nullptr, *putter = nullptr; // one of each is enough here
    static void wake(node *&waiter) {
        if (waiter) loop.push(std::exchange(waiter, nullptr));
    }
    struct putting {
        queue &q;
        T value;
        node n;
        bool await_ready() { return q.in - q.out < N; }
        void await_suspend(std::coroutine_handle<> h) {
            n.h = h;
            q.putter = &n;
        }
        void await_resume() {
            q.ring[q.in++ % N] = value;
            wake(q.getter);
        }
    };
    struct getting {
        queue &q;
        node n;
        bool await_ready() { return q.in != q.out; }
        void await_suspend(std::coroutine_handle<> h) {
            n.h = h;
            q.getter = &n;
        }
        T await_resume() {
            T v = q.ring[q.out++ % N];
            wake(q.putter);
            return v;
        }
    };
    putting put(T v) { return {*this, v, {}}; }
    getting get() { return {*this, {}}; }
};
