// What explicit breadth-first search can reach on a machine: states packed in 64 bits, open addressing with linear probes,
// hash slots fetched ahead. It keeps no links for traces. The model is C too: bench/c_source.py writes it.
//
//   gcc -O3 -march=native -DMODEL='"vpn2.c"' limit.c -o limit -lpthread && ./limit 25
//
// The argument is the binary logarithm of the table's slots: at least twice the states, or it never ends. -DT=2 searches
// with two threads, -DSTOP ends at the first deadlock.
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <stdint.h>
#include <string.h>
#include <time.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <pthread.h>
#include MODEL
#ifndef T
#define T 1
#endif
#define PIPE 128
static uint64_t *tab; static uint64_t mask; static int lg;
static uint64_t *q[T]; static uint64_t qn[T], qlo[T], qhi[T]; static uint64_t trans[T];
static uint64_t cursor; static int bad, dead, done; static int depth; static uint64_t capq;
static pthread_barrier_t bar;
static double now(void){struct timespec t;clock_gettime(CLOCK_MONOTONIC,&t);return t.tv_sec+t.tv_nsec*1e-9;}
static inline uint64_t hash(uint64_t x){ x^=x>>32; x*=0xd6e8feb86659fd93ull; x^=x>>32; x*=0xd6e8feb86659fd93ull; return x>>(64-lg); }
static void *big(uint64_t n){ void*p=mmap(0,n,PROT_READ|PROT_WRITE,MAP_PRIVATE|MAP_ANONYMOUS|MAP_NORESERVE,-1,0); if(p==MAP_FAILED){perror("mmap");exit(1);} madvise(p,n,MADV_HUGEPAGE); return p; }
static inline int insert(uint64_t s,uint64_t h){
  uint64_t k=s+1;
  for(;;h=(h+1)&mask){
#if T==1
    uint64_t v=tab[h]; if(v==k) return 0; if(!v){tab[h]=k; return 1;}
#else
    uint64_t v=__atomic_load_n(&tab[h],__ATOMIC_RELAXED); if(v==k) return 0;
    if(!v){ uint64_t z=0; if(__atomic_compare_exchange_n(&tab[h],&z,k,0,__ATOMIC_RELAXED,__ATOMIC_RELAXED)) return 1; if(z==k) return 0; }
#endif
  }
}
static inline void add(int me,uint64_t s,uint64_t h){
  if(insert(s,h)){ if(__builtin_expect(!inv(s),0)) bad=1; q[me][qn[me]++]=s; } }
static void *worker(void *a){
  int me=(int)(intptr_t)a; uint64_t ps[PIPE],ph[PIPE]; unsigned pi=0,pc=0; uint64_t out[NCMD];
  for(;;){
    uint64_t tr=0;
    for(;;){
      uint64_t tot=0; for(int t=0;t<T;t++) tot+=qhi[t]-qlo[t];
      uint64_t CH=T==1?tot:4096; uint64_t b= T==1? cursor : __atomic_fetch_add(&cursor,CH,__ATOMIC_RELAXED);
      if(T==1) cursor+=CH;
      if(b>=tot) break; uint64_t e=b+CH<tot?b+CH:tot;
      for(uint64_t i=b;i<e;i++){
        uint64_t j=i; int t=0; while(j>=qhi[t]-qlo[t]){ j-=qhi[t]-qlo[t]; t++; }
        uint64_t s=q[t][qlo[t]+j]; int n=succ(s,out); tr+=n;
        if(CHECK_DEADLOCK && n==0) dead=1;
        for(int k=0;k<n;k++){ uint64_t h=hash(out[k]); __builtin_prefetch(&tab[h],1,0);
          if(pc==PIPE) add(me,ps[pi],ph[pi]); else pc++;
          ps[pi]=out[k]; ph[pi]=h; pi=(pi+1)&(PIPE-1); }
      }
#ifdef STOP
      if(dead) break;
#endif
    }
    if(pc<PIPE) for(unsigned k=0;k<pc;k++) add(me,ps[k],ph[k]); else for(unsigned k=0;k<PIPE;k++) add(me,ps[(pi+k)&(PIPE-1)],ph[(pi+k)&(PIPE-1)]);
    pc=pi=0; trans[me]+=tr;
    pthread_barrier_wait(&bar);
    if(me==0){ uint64_t nn=0; for(int t=0;t<T;t++){ qlo[t]=qhi[t]; qhi[t]=qn[t]; nn+=qhi[t]-qlo[t]; } cursor=0; if(nn) depth++; else done=1;
#ifdef STOP
      if(dead) done=1;
#endif
    }
    pthread_barrier_wait(&bar);
    if(done) return 0;
  }
}
int main(int c,char**v){
  lg=c>1?atoi(v[1]):20; mask=(1ull<<lg)-1; tab=big(8ull<<lg); capq=1ull<<lg;
  double t0=now();
  for(int t=0;t<T;t++) q[t]=big(8*capq);
  uint64_t ni=ninit(); for(uint64_t k=0;k<ni;k++){ uint64_t s; if(initst(k,&s)) add(0,s,hash(s)); }
  qhi[0]=qn[0]; pthread_barrier_init(&bar,0,T);
  pthread_t th[T]; for(int t=1;t<T;t++) pthread_create(&th[t],0,worker,(void*)(intptr_t)t);
  worker(0); for(int t=1;t<T;t++) pthread_join(th[t],0);
  double e=now()-t0; uint64_t n=0,tr=0; for(int t=0;t<T;t++){n+=qn[t];tr+=trans[t];}
  struct rusage r; getrusage(RUSAGE_SELF,&r);
  printf("states=%lu trans=%lu depth=%d bad=%d dead=%d explore=%.4fs states/s=%.3gM succ/s=%.3gM rss=%ldMB B/state=%.1f\n",n,tr,depth,bad,dead,e,n/e/1e6,tr/e/1e6,r.ru_maxrss/1024,r.ru_maxrss*1024.0/n);
}
